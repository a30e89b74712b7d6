import Alerts
import Foundation
import LightCurves
import Testing

@Suite struct PresetTests {
    @Test func everyPresetIsValidAndFoundByItsName() throws {
        for preset in Preset.all {
            try preset.validate()
            #expect(try Preset.named(preset.name) == preset)
            #expect(try Preset(declaration: preset.name) == preset)
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
        #expect(error.description == "there is no preset \"fink\"; name one of: observations-1, grid-1, fink-t2")
    }

    @Test func aDefinitionSaysEverythingAndIsTheSameTextEachTime() throws {
        for preset in Preset.all {
            let text = try preset.json()
            #expect(try Preset(declaration: text) == preset)
            let read = try Preset(declaration: "  \n" + text)
            #expect(try read.json() == text)
        }
        // Files that hold this text have to be read by every release.
        let text = try Preset.finkT2.json()
        #expect(
            text == #"{"input":{"grid":{"length":100,"scaling":{"robust":{}}}},"name":"fink-t2","observations":"#
                + #"{"convention":"published","direction":"backward","keepsSign":false,"minimumPoints":0,"minimumPointsPerBand":0,"#
                + #""rows":["detections"],"zeroPoint":27.5},"passbands":[{"band":"g","wavelength":4804.79},"#
                + #"{"band":"r","wavelength":6436.92}],"scalars":[],"selection":{"maximumAgeDays":90,"maximumDetections":500,"#
                + #""minimumDetections":2,"requiredBands":["g","r"],"skipsSolarSystem":true}}"#)
    }

    @Test(arguments: [
        (#""length":100"#, #""length":1"#, "input.grid.length"),
        (#""length":100"#, #""length":1e9"#, "input.grid.length"),
        (#""length":100"#, #""length":"100""#, "input.grid.length"),
        (#""length":100,"#, "", "input.grid.length"),
        (#""length":100,"#, #""length":100,"mood":1,"#, "input.grid.mood"),
        (#""grid":"#, #""image":"#, "input"),
        (#""center":3"#, #""center":1e300"#, "input.grid.scaling.perObject.logScale.center"),
        (#""scale":1"#, #""scale":0"#, "input.grid.scaling.perObject.logScale.scale"),
        (#""band":"g""#, #""band":"q""#, "passbands.0.band"),
        (#""band":"g""#, #""band":"r""#, "passbands"),
        (#""windowDays":100"#, #""windowDays":0"#, "observations.windowDays"),
        (#""windowDays""#, #""windowDay""#, "observations.windowDay"),
        (#""maximumPoints":128"#, #""maximumPoints":2"#, "observations.minimumPoints"),
        (#""maximumPoints":128"#, #""maximumPoints":0"#, "observations.maximumPoints"),
        (#""direction":"forward""#, #""direction":"sideways""#, "observations.direction"),
        (#""convention":"difference-flux""#, #""convention":"published""#, "observations"),
        (#""rows":["detections","forced"]"#, #""rows":[]"#, "observations.rows"),
        (#""requiredBands":[]"#, #""requiredBands":["z"]"#, "selection.requiredBands"),
        (#""scalars":[]"#, #""scalars":[{"name":"mood","center":0,"scale":1,"missing":0}]"#, "scalars.0.name"),
        (#""scalars":[]"#, #""scalars":[{"name":"logPoints","center":0,"scale":-1,"missing":0}]"#, "scalars.0.scale"),
        (#""scalars":[]"#, #""scalars":[{"name":"logPoints","center":0,"scale":1}]"#, "scalars.0.missing"),
        (#""scalars":[]"#, #""scalars":[{"name":"logPoints","center":0,"scale":1,"missing":0,"unit":"d"}]"#, "scalars.0.unit"),
        (#""name":"changed""#, #""name":"""#, "name"),
        (#""name":"changed""#, #""name":"grid-1""#, "name"),
        (#"{"input""#, #"{{"input""#, ""),
    ])
    func aDefinitionWithOneWrongFieldIsRefusedByItsName(text: String, replacement: String, field: String) throws {
        // Differs from grid-1 so that it may not have that name.
        let definition = try Preset.grid1.changed { $0.selection.starScore = 0.5 }.json()
        let wrong = definition.replacing(text, with: replacement, maxReplacements: 1)
        try #require(wrong != definition)
        do {
            _ = try Preset(declaration: wrong)
            Issue.record("not refused")
        } catch {
            guard case .invalidPreset(let name, _) = error else { Issue.record("\(error)"); return }
            #expect(name == field, "\(error)")
        }
    }

    @Test func aBuiltInNameCannotMeanSomethingElse() throws {
        var preset = Preset.observations1
        preset.observations.windowDays = 50
        #expect(throws: LightCurveError.self) { try preset.validate() }
        preset.name = "observations-1-fifty"
        try preset.validate()
    }

    @Test func aTokenHasTheDocumentedValuesInOrder() {
        #expect(Preset.observations1.channels == 15)
        #expect(Preset.observations1.inputLength == nil)
        #expect(Preset.grid1.channels == 3)
        #expect(Set(TokenFeature.allCases.map(\.rawValue)).count == 11)
        #expect(ScalarFeature.ofTheCurve.count + ScalarFeature.ofTheAlert.count == ScalarFeature.allCases.count)
    }
}
