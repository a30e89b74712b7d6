import Inference
import LightCurves
import Pipeline
import Settings

extension Settings {
    /// How alerts from files are classified: an archive's may be of any age unless the caller says otherwise.
    func archiveOptions(maximumAgeDays: Double?) -> ClassifierOptions {
        var options = classifierOptions
        options.adjust = { [selection] cuts in
            selection.apply(&cuts)
            cuts.maximumAgeDays = maximumAgeDays
        }
        return options
    }

    /// How the stream's alerts are classified.
    var classifierOptions: ClassifierOptions {
        ClassifierOptions(
            gridEngine: GridEngine(rawValue: model.gridEngine) ?? .lanes, engine: EngineKind(rawValue: model.engine),
            adjust: selection.apply)
    }
}

extension Settings.Selection {
    /// Makes the configured cuts instead of the preset's own; a cut that is not configured stays the preset's.
    func apply(_ selection: inout LightCurves.Selection) {
        change(minimumDetections) { selection.minimumDetections = $0 ?? 0 }
        change(maximumDetections) { selection.maximumDetections = $0 }
        change(maximumAgeDays) { selection.maximumAgeDays = $0 }
        change(minimumRealBogus) { selection.minimumRealBogus = $0 }
        change(starScore) { selection.starScore = $0 }
        change(minimumVariation) { selection.minimumVariation = $0 }
        if let skipsSolarSystem { selection.skipsSolarSystem = skipsSolarSystem }
    }

    /// Hands over a cut that is configured, nil for one that is switched off.
    private func change<Value>(_ cut: Settings.Cut<Value>, _ assign: (Value?) -> Void) {
        switch cut {
        case .preset: break
        case .off: assign(nil)
        case .limit(let value): assign(value)
        }
    }
}
