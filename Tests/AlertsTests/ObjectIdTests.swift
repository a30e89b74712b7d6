import Alerts
import Testing

@Suite struct ObjectIdTests {
    @Test(arguments: [0, 7, -1, 58_804_293_150_441_527, Int64.max, Int64.min])
    func integerIdsReadAsDecimals(id: Int64) {
        #expect(ObjectId(id).description == String(id))
        #expect(ObjectId(id) == ObjectId(String(id)))
    }

    @Test func namesUpToTheLimitAreKeptAndLongerOnesRefused() {
        let longest = String(repeating: "Z", count: ObjectId.maximumLength)
        #expect(ObjectId(longest)?.description == longest)
        #expect(ObjectId(longest + "Z") == nil)
        #expect(ObjectId("")?.count == 0)
    }

    @Test func differentNamesDiffer() throws {
        let first = try #require(ObjectId("ZTF18aaxjlwy"))
        let second = try #require(ObjectId("ZTF18aaxjlwz"))
        #expect(first != second)
        #expect(Set([first, second, first]).count == 2)
    }
}
