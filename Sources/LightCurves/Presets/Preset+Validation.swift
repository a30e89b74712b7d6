import Alerts

extension Preset {
    static let maximumLength = 4096
    static let maximumFeatures = 256

    /// Refuses what cannot be made, naming the field.
    public func validate() throws(LightCurveError) {
        try require(!name.isEmpty && name.utf8.count <= 64, "name", "it has 1 to 64 bytes")
        if let builtIn = Self.all.first(where: { $0.name == name }) {
            try require(self == builtIn, "name", "\(name) is built in and defined otherwise; choose another name")
        }
        try require((1...6).contains(passbands.count), "passbands", "there are 1 to 6")
        try require(
            passbands.allSatisfy { passband in passbands.count { $0.band == passband.band } == 1 }, "passbands",
            "each band is there once")
        try require(
            passbands.allSatisfy { $0.wavelength.isFinite && (100...1e6).contains($0.wavelength) }, "passbands",
            "wavelengths are 100 to 1e6 Angstrom")
        try validateObservations()
        try validateInput()
        try require(scalars.count <= Self.maximumFeatures, "scalars", "there are \(Self.maximumFeatures) at most")
        for (index, feature) in scalars.enumerated() { try check(feature, "scalars.\(index)") }
        try selection.validate(passbands: passbands)
    }

    private func validateObservations() throws(LightCurveError) {
        if observations.convention == .published {
            try require(
                observations == .published, "observations",
                "with the published convention every other field is that of \(Self.finkT2.name)")
            guard case .grid = input else {
                throw .invalidPreset(field: "input", reason: "the published convention makes grids only")
            }
            return
        }
        try require(
            !observations.rows.isEmpty && Set(observations.rows).count == observations.rows.count, "observations.rows",
            "each kind is there once, and one at least")
        try require(
            observations.zeroPoint.isFinite && (0...60).contains(observations.zeroPoint), "observations.zeroPoint",
            "it is 0 to 60")
        if let days = observations.windowDays {
            try require(days.isFinite && days > 0, "observations.windowDays", "it is positive")
        }
        let most = observations.maximumPoints ?? .max
        try require(most >= 1, "observations.maximumPoints", "it is positive")
        try require((0...most).contains(observations.minimumPoints), "observations.minimumPoints", "it is 0 to maximumPoints")
        try require(
            (0...most).contains(observations.minimumPointsPerBand), "observations.minimumPointsPerBand",
            "it is 0 to maximumPoints")
    }

    private func validateInput() throws(LightCurveError) {
        switch input {
        case .grid(let length, let scaling):
            try require((2...Self.maximumLength).contains(length), "input.grid.length", "it is 2 to \(Self.maximumLength)")
            switch scaling {
            case .robust: break
            case .fixed(let channels):
                try require(
                    channels.count == passbands.count, "input.grid.scaling.fixed.channels", "there is one a passband")
                for channel in channels { try check(channel, "input.grid.scaling.fixed.channels") }
            case .perObject(let channel): try check(channel, "input.grid.scaling.perObject.logScale")
            }
        case .tokens(let features, let bands):
            try require(
                !features.isEmpty || bands, "input.tokens.features", "a token has one value at least")
            try require(
                features.count <= Self.maximumFeatures, "input.tokens.features", "there are \(Self.maximumFeatures) at most")
            for (index, feature) in features.enumerated() { try check(feature, "input.tokens.features.\(index)") }
        }
    }

    private func check<Name>(_ feature: Feature<Name>, _ field: String) throws(LightCurveError) {
        try check(Scaling.Channel(center: feature.center, scale: feature.scale), field)
        try require(feature.missing.magnitude <= 1e6, "\(field).missing", "it is -1e6 to 1e6")
    }

    /// Within these limits every scaled value is a finite 32-bit number.
    private func check(_ channel: Scaling.Channel, _ field: String) throws(LightCurveError) {
        try require(channel.center.magnitude <= 1e15, "\(field).center", "it is a finite number")
        try require((1e-15...1e15).contains(channel.scale), "\(field).scale", "it is positive and a finite number")
    }

    private func require(_ holds: Bool, _ field: String, _ rule: String) throws(LightCurveError) {
        guard holds else { throw .invalidPreset(field: field, reason: rule) }
    }
}

extension Selection {
    /// Refuses cuts that no alert passes or that name a band which is not used.
    public func validate(passbands: [Passband]) throws(LightCurveError) {
        func require(_ holds: Bool, _ field: String, _ rule: String) throws(LightCurveError) {
            guard holds else { throw .invalidPreset(field: "selection.\(field)", reason: rule) }
        }
        try require(minimumDetections >= 0, "minimumDetections", "it is not negative")
        if let maximumDetections {
            try require(maximumDetections >= minimumDetections, "maximumDetections", "it is minimumDetections or more")
        }
        if let maximumAgeDays { try require(maximumAgeDays >= 0, "maximumAgeDays", "it is not negative") }
        for band in requiredBands {
            try require(passbands.contains { $0.band == band }, "requiredBands", "\(band.letter) is not one of the passbands")
        }
        if let minimumRealBogus { try require((0...1).contains(minimumRealBogus), "minimumRealBogus", "it is 0 to 1") }
        if let starScore { try require((0...1).contains(starScore), "starScore", "it is 0 to 1") }
        if let minimumVariation {
            try require(minimumVariation.isFinite && minimumVariation >= 0, "minimumVariation", "it is not negative")
        }
    }
}
