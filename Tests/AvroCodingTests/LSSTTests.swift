import Alerts
import AvroCoding
import Foundation
import TestSupport
import Testing

@Suite struct LSSTTests {
    private static func decoder() throws -> AlertDecoder {
        AlertDecoder(schemas: SchemaFolder(path: try SharedData.path("schemas/lsst")))
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `Every LSST file decodes but the one that holds a schema`() throws {
        let decoder = try Self.decoder()
        var batch = AlertBatch()
        var refused: [String: String] = [:]
        for path in try sharedFiles(below: "alerts/lsst") {
            do throws(AvroError) {
                let bytes = (try? Data(contentsOf: URL(fileURLWithPath: path))).map { [UInt8]($0) } ?? []
                _ = try decoder.decode(bytes, into: &batch)
            } catch {
                refused[URL(fileURLWithPath: path).pathExtension, default: ""] += error.kind
            }
        }
        #expect(batch.count > 0)
        #expect(refused == ["json": "bad_magic"])
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `Every version of the schema compiles and decodes its sample`() throws {
        let decoder = try Self.decoder()
        var batch = AlertBatch()
        for path in try sharedFiles(below: "schemas/lsst") where path.hasSuffix("fakeAlert.avro") {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            do {
                _ = try decoder.decode(bytes, into: &batch)
            } catch {
                Issue.record("\(path): \(error)")
            }
        }
        #expect(batch.count >= 10)
        #expect(batch.alerts.allSatisfy { $0.survey == .lsst && $0.candid == 281_323_062_375_219_200 })
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `A source of a moving object lies at that object, any other at none`() throws {
        let decoder = try Self.decoder()
        var batch = AlertBatch()
        for path in try sharedFiles(below: "alerts/lsst") where !path.hasSuffix(".json") {
            _ = try decoder.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), into: &batch)
        }
        let moving = batch.alerts.count { $0.ssdistnr == 0 }
        print("\(moving) of \(batch.count) LSST alerts are of moving objects")
        #expect(moving > 0 && moving < batch.count)
        #expect(batch.alerts.allSatisfy { $0.ssdistnr == 0 || $0.ssdistnr.isNaN })
        // A moving object has no history of its own in an alert.
        #expect(batch.alerts.allSatisfy { $0.ssdistnr.isNaN || $0.observations.count == 1 })
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `Every schema of the folder compiles by its id`() throws {
        let folder = SchemaFolder(path: try SharedData.path("schemas/lsst"))
        for id: Int32 in [700, 701, 702, 703, 704, 800, 900, 1000, 1001, 1100, 1101] {
            let plan = try DecodePlan(alertSchema: folder.schema(id: id))
            #expect(plan.schemaTitle.hasPrefix("lsst.v\(id / 100)_\(id % 100).alert"))
            #expect(plan.survey == .lsst)
        }
        for id: Int32 in [-1, 0, 99, 712, .max] {
            #expect(throws: AvroError.unknownSchemaId(id: id)) { try folder.schema(id: id) }
        }
    }
}
