import Alerts

extension Preset {
    /// What Fink's t2 module served from 2022 to 2025 (arXiv 2303.08951), its faults included.
    public static let finkT2 = Preset(
        name: "fink-t2", passbands: [.ztfG, .ztfR], observations: .published, input: .grid(length: 100, scaling: .robust),
        selection: Selection(
            minimumDetections: 2, maximumDetections: 500, maximumAgeDays: 90, requiredBands: [.g, .r]))

    /// Each detection of the last 100 days a token, the newest 64.
    public static let observations1 = Preset(
        name: "observations-1", passbands: Passband.ugrizy,
        observations: ObservationRules(windowDays: 100, minimumPoints: 2, maximumPoints: 64),
        input: .tokens(
            features: [
                Feature(.time, scale: 30), Feature(.logTime), Feature(.timeFromBrightest, scale: 30),
                Feature(.logTimeFromBrightest), Feature(.asinhFlux, center: 5, scale: 3), Feature(.relativeFlux),
                Feature(.logRelativeFlux), Feature(.logError, center: 2), Feature(.asinhSignalToNoise, center: 3, scale: 2),
            ], bands: true),
        scalars: [
            Feature(.logMaximumFlux, center: 3), Feature(.logPoints, center: 1, scale: 0.5),
            Feature(.logSpan, center: 1, scale: 0.5), Feature(.logRiseTime, center: 1, scale: 0.5),
            Feature(.logFadeTime, center: 1, scale: 0.5), Feature(.fractionNegative), Feature(.fractionAboveHalf),
            Feature(.asinhMaximumSignalToNoise, center: 4, scale: 2), Feature(.logVariation, center: 1),
            Feature(.meanRelativeFlux), Feature(.deviationRelativeFlux), Feature(.newestRelativeFlux),
            Feature(.riseRate), Feature(.fadeRate), Feature(.recentRate), Feature(.colourGR), Feature(.colourRI),
            Feature(.newestColourGR),
        ],
        selection: Selection(minimumDetections: 2))

    /// A grid in g and r over the last 100 days, detections and forced photometry, and the brightness as a channel.
    public static let grid1 = Preset(
        name: "grid-1", passbands: [.ztfG, .ztfR],
        observations: ObservationRules(rows: [.detections, .forced], windowDays: 100, minimumPoints: 3, maximumPoints: 128),
        input: .grid(length: 100, scaling: .perObject(logScale: Scaling.Channel(center: 3))),
        selection: Selection(minimumDetections: 1))

    public static let all = [observations1, grid1, finkT2]

    /// The built-in preset of a name as model files and configuration spell it.
    public static func named(_ name: String) throws(LightCurveError) -> Preset {
        for preset in all where preset.name == name {
            return preset
        }
        throw .unknownPreset(name: name)
    }
}
