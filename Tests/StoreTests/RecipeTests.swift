import Alerts
import Foundation
import Store
import TestSupport
import Testing

/// The recipes of docs/database.md and of the README, each run as it stands there.
struct RecipeTests {
    private static func recipes(of path: String = "docs/database.md") throws -> [String] {
        let page = try String(contentsOf: Shell.root.appending(path: path), encoding: .utf8)
        return page.components(separatedBy: "```sql\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }

    /// Two nights: `old` is seen in both, `new` in the second alone, `faint` is skipped, one message is damaged.
    private static func filledDatabase() throws -> Database {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<7)
        let nights = (first: 2_461_367.75, second: 2_461_368.75)
        func alert(_ candid: Int64, _ object: String, _ jd: Double) -> Alert {
            makeAlert(candid, objectId: ObjectId(object), jd: jd)
        }
        batch.classify(alert(1, "ZTF26aaaaaaa", nights.first), claim, 0, [0.8, 0.1, 0.1])
        batch.classify(alert(2, "ZTF26aaaaaaa", nights.second), claim, 1, [0.3, 0.6, 0.1])
        batch.classify(alert(3, "ZTF26aaaaaab", nights.second), claim, 2, [0.2, 0.7, 0.1])
        batch.skip(alert(4, "ZTF26aaaaaac", nights.second), claim, 3, "too_few_points")
        batch.skip(alert(5, "ZTF26aaaaaaa", nights.second + 0.01), claim, 4, "too_few_points")
        batch.skip(alert(3, "ZTF26aaaaaab", nights.second), claim, 5, "too_few_points")
        batch.quarantine(claim, 6, detail: "cut short", payload: [1])
        _ = try database.writer().write(batch)
        return database
    }

    private static func rows(of recipe: Int) throws -> [[String?]] {
        let recipes = try recipes()
        try #require(recipes.indices.contains(recipe))
        return try filledDatabase().connection.query(SQL(verbatim: recipes[recipe])).rows
    }

    @Test func everyRecipeRunsAndFindsSomething() throws {
        let database = try Self.filledDatabase()
        let recipes = try Self.recipes()
        #expect(recipes.count == 10)
        for recipe in recipes {
            let table = try database.connection.query(SQL(verbatim: recipe))
            #expect(!table.rows.isEmpty, "\(recipe)")
        }
    }

    @Test func theReadmesRecipesAreAmongThem() throws {
        let recipes = try Self.recipes()
        let inReadme = try Self.recipes(of: "README.md")
        #expect(inReadme.count == 5)
        #expect(inReadme.allSatisfy { recipes.contains($0) })
    }

    @Test func theAccountRecipeShowsEveryOutcome() throws {
        #expect(
            try Self.rows(of: 0) == [
                ["alerts", "0", "7", "7", "3", "3", #"{"duplicate": 1, "too_few_points": 2}"#, "1", "t"]
            ])
    }

    @Test func theObjectRecipeListsItsAlertsInOrderOfTime() throws {
        let rows = try Self.rows(of: 1)
        #expect(rows.map { $0[1] } == ["1", "2", "5"])
        #expect(rows.map { $0[5] } == ["SNIa", "TDE", nil])
        #expect(rows.map { $0[7] } == [nil, nil, "too_few_points"])
        #expect(rows.first?[0]?.hasPrefix("2026-11-23") == true)
    }

    @Test func theNewObjectRecipeLeavesOutWhatWasSeenBefore() throws {
        #expect(try Self.rows(of: 2) == [["TDE", "1", "0.700"]])
    }

    @Test func theSkipRecipeCountsByReason() throws {
        #expect(try Self.rows(of: 3) == [["too_few_points", "2", "2", "4"], ["duplicate", "1", "1", "3"]])
    }

    @Test func theCandidateRecipeOrdersByTheProbabilityOfItsClass() throws {
        let rows = try Self.rows(of: 4)
        #expect(rows.map { $0[1] } == ["3", "2"])
        #expect(rows.map { $0[3] } == ["0.7", "0.6"])
    }

    @Test func theConeRecipeFindsWhatIsThere() throws {
        let rows = try Self.rows(of: 5)
        #expect(rows.map { $0[1] } == ["1", "2", "3", "4", "5"])
        #expect(rows.allSatisfy { $0[3] == "0.00" })
    }

    @Test func theLatestRecipeTakesTheNewestClassification() throws {
        let rows = try Self.rows(of: 6)
        #expect(rows.map { [$0[0], $0[1], $0[2]] } == [
            ["ZTF26aaaaaaa", "2026-11-24", "TDE"], ["ZTF26aaaaaab", "2026-11-24", "TDE"],
        ])
    }

    @Test func theLatencyRecipeCountsTheNightsClassifiedAlerts() throws {
        let rows = try Self.rows(of: 7)
        #expect(rows.map { $0[0] } == ["2"])
        #expect(rows.first?[1]?.split(separator: ",").count == 4)
    }

    @Test func theQuarantineRecipeNamesTheLatestMessage() throws {
        let rows = try Self.rows(of: 8)
        #expect(rows.map { [$0[0], $0[1], $0[4], $0[5]] } == [["damaged", "1", "0:6", "cut short"]])
    }
}
