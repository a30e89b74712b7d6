import Alerts
import LightCurves
import Testing

@Suite struct PresetTests {
    @Test func everyPresetIsFoundByItsName() throws {
        for preset in Preset.all {
            #expect(try Preset.named(preset.name) == preset)
        }
        #expect(Set(Preset.all.map(\.name)).count == Preset.all.count)
    }

    @Test func thePublishedPresetHas100PointsOfTwoChannels() throws {
        let preset = try Preset.named("fink-t2")
        #expect(preset.inputLength == 100)
        #expect(preset.channels == 2)
        #expect(preset.passbands.map(\.band) == [.g, .r])
    }

    @Test func anUnknownNameIsAnErrorThatListsTheKnownOnes() {
        #expect(throws: LightCurveError.unknownPreset(name: "fink")) { try Preset.named("fink") }
        let error = LightCurveError.unknownPreset(name: "fink")
        #expect(!error.isRetriable)
        #expect(error.description == "there is no preset \"fink\"; name one of: fink-t2")
    }
}
