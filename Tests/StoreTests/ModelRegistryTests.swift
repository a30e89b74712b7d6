import Alerts
import Store
import Testing

struct ModelRegistryTests {
    private static let sha256 = String(repeating: "0123456789abcdef", count: 4)

    @Test func aFileIsRegisteredOnce() throws {
        let database = try Database()
        let models = ModelRegistry(database.connection)
        let classes = ["a", "b'\"{},\\", "é"]
        let id = try models.register(name: "m", sha256: Self.sha256, preset: "grid-1", classes: classes)
        #expect(
            try models.register(name: "m", sha256: Self.sha256.uppercased(), preset: "grid-1", classes: classes) == id)
        #expect(try models.classes(of: id) == classes)
        #expect(try database.count("model") == 2)
    }

    @Test func theSameFileWithOtherClassesOrPresetIsRefused() throws {
        let models = ModelRegistry(try Database().connection)
        _ = try models.register(name: "m", sha256: Self.sha256, preset: "grid-1", classes: ["a", "b"])
        for (preset, classes) in [("grid-1", ["b", "a"]), ("fink-t2", ["a", "b"])] {
            let error = storeError {
                _ = try models.register(name: "m", sha256: Self.sha256, preset: preset, classes: classes)
            }
            guard case .configuration = error else {
                Issue.record("not refused: \(preset) \(classes)")
                continue
            }
        }
    }

    @Test func whatIsNoSHA256IsRefused() throws {
        let models = ModelRegistry(try Database().connection)
        let error = storeError { _ = try models.register(name: "m", sha256: "abc", preset: "grid-1", classes: ["a"]) }
        #expect(error?.sqlState == SQLState("23514"))
    }

    @Test func activatingAModelRetiresTheActiveOneOfItsName() throws {
        let database = try Database()
        let models = ModelRegistry(database.connection)
        let next = try models.register(name: "tokens", sha256: Self.sha256, preset: "observations-1", classes: ["a"])
        let other = try models.register(
            name: "grid", sha256: String(repeating: "c", count: 64), preset: "grid-1", classes: ["a"])
        try models.activate(other)
        try models.activate(next)
        try models.activate(next)
        let roles = try database.connection.query("SELECT role FROM model ORDER BY id")
        #expect(roles.rows == [["retired"], ["active"], ["active"]])
        try models.retire(other)
        #expect(try database.connection.query("SELECT role FROM model WHERE name = 'grid'").scalar == "retired")
    }

    @Test func anUnknownModelIsRefused() throws {
        let database = try Database()
        let models = ModelRegistry(database.connection)
        for attempt in [
            { try models.activate(77) }, { _ = try models.classes(of: 77) },
            { _ = try ResultWriter(database.connection, modelId: 77) },
        ] {
            guard case .configuration(let reason) = storeError(attempt) else {
                Issue.record("not refused")
                continue
            }
            #expect(reason.contains("77"))
        }
    }
}
