/// Typical numbers of one kind of transient: medians from which each object scatters.
///
/// Rounded from the samples named at each case; magnitudes are apparent, because objects are drawn by brightness, not
/// by distance.
struct TransientShape {
    /// e-folding times in g, days.
    var rise: Double
    var fall: Double
    /// Scatter of both, natural logarithm.
    var spread: Double
    /// g - r and r - i at the peak, magnitudes.
    var colour: Double
    var redColour: Double
    /// Part by which r and i fall slower than g.
    var reddening: Double
    /// Part without a catalogued host galaxy.
    var hostless: Double

    init?(_ kind: SimulatedKind) {
        switch kind {
        case .snIa:
            // Rise of about 18 days to a peak near B - V = 0 (Yao et al. 2019, arXiv:1910.02967).
            self.init(rise: 3.5, fall: 16, spread: 0.12, colour: -0.05, redColour: -0.25, reddening: 0.35, hostless: 0.08)
        case .snII:
            // Plateaus of 80 to 120 days (Anderson et al. 2014, arXiv:1403.7091); `fall` is the plateau's length.
            self.init(rise: 2.5, fall: 95, spread: 0.18, colour: 0.15, redColour: 0.05, reddening: 0, hostless: 0.04)
        case .snIbc:
            // Like Ia but redder and a little faster (Taddia et al. 2015, arXiv:1408.4084).
            self.init(rise: 4.0, fall: 14, spread: 0.22, colour: 0.45, redColour: 0.10, reddening: 0.45, hostless: 0.05)
        case .slsnI:
            // Rises of 20 to 80 days, blue (Lunnan et al. 2018, arXiv:1708.01619).
            self.init(rise: 13, fall: 45, spread: 0.30, colour: -0.15, redColour: -0.15, reddening: 0.30, hostless: 0.35)
        case .tde:
            // e-folding rise near 10, decline near 60 days, constant blue colour (van Velzen et al. 2021,
            // arXiv:2001.01409).
            self.init(rise: 9, fall: 60, spread: 0.30, colour: -0.20, redColour: -0.15, reddening: 0, hostless: 0)
        case .rrLyrae, .eclipsingBinary, .mira, .agn, .mDwarf, .asteroid:
            return nil
        }
    }

    private init(
        rise: Double, fall: Double, spread: Double, colour: Double, redColour: Double, reddening: Double, hostless: Double
    ) {
        self.rise = rise
        self.fall = fall
        self.spread = spread
        self.colour = colour
        self.redColour = redColour
        self.reddening = reddening
        self.hostless = hostless
    }
}
