import LightCurves
import Settings

extension Settings {
    /// The configured cuts for alerts from files: an archive's may be of any age unless the caller says otherwise.
    func cuts(maximumAgeDays: Double?) -> (inout LightCurves.Selection) -> Void {
        { cuts in
            selection.apply(&cuts)
            cuts.maximumAgeDays = maximumAgeDays
        }
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
