/// What a simulated stream consists of; the same values give the same alerts.
public struct SimulatorConfiguration: Sendable {
    public var seed: UInt64
    /// How many alerts the stream has.
    public var alertCount: Int
    /// The part of the packets that is damaged on purpose, 0 to 1 (see `PacketDamage`).
    public var badPacketFraction: Double
    /// Julian date of the first night's beginning, days; Palomar's nights begin near x.6.
    public var startJd: Double
    /// Nights over which the alerts spread; fewer are used only when objects return more often than expected.
    public var nights: Int
    /// The kinds of the objects that come into view.
    public var mix: SimulatedMix

    public init(
        seed: UInt64 = 1, alertCount: Int = 10_000, badPacketFraction: Double = 0, startJd: Double = 2_459_300.6,
        nights: Int = 1, mix: SimulatedMix = SimulatedMix()
    ) {
        self.seed = seed
        self.alertCount = alertCount
        self.badPacketFraction = badPacketFraction
        self.startJd = startJd
        self.nights = nights
        self.mix = mix
    }

    func validate() throws(WorkloadError) {
        func refuse(_ name: String, _ value: String, _ reason: String) -> WorkloadError {
            .invalidConfiguration(name: name, value: value, reason: reason)
        }
        guard alertCount >= 0 else { throw refuse("alertCount", "\(alertCount)", "must not be negative") }
        guard (0...1).contains(badPacketFraction) else {
            throw refuse("badPacketFraction", "\(badPacketFraction)", "must be between 0 and 1")
        }
        // ZTF's candid counts days since 2017-01-01; the end keeps it inside 63 bits.
        guard (2_457_755...2_466_000).contains(startJd) else {
            throw refuse("startJd", "\(startJd)", "must be a Julian date between 2457755 and 2466000")
        }
        guard (1...730).contains(nights) else { throw refuse("nights", "\(nights)", "must be between 1 and 730") }
        guard mix.isUsable else {
            throw refuse("mix", "\(mix.fractions)", "needs finite fractions, none negative, at least one positive")
        }
    }
}

/// How often each kind of object comes into view, as fractions; they need not add up to one.
///
/// These count objects, not alerts: a variable star gives more alerts than an asteroid. The default is a stream with
/// enough of every kind to look at; ZTF's own has far more variable stars and fewer transients.
public struct SimulatedMix: Sendable, Equatable {
    /// One fraction a kind, in the order of `SimulatedKind.allCases`.
    private(set) var fractions: [Double]

    public init() {
        fractions = SimulatedKind.allCases.map { kind in
            switch kind {
            case .snIa: 0.20
            case .snII: 0.10
            case .snIbc: 0.05
            case .slsnI: 0.03
            case .tde: 0.03
            case .rrLyrae: 0.15
            case .eclipsingBinary: 0.13
            case .mira: 0.06
            case .agn: 0.12
            case .mDwarf: 0.02
            case .asteroid: 0.11
            }
        }
    }

    /// Only the given kind.
    public init(only kind: SimulatedKind) {
        fractions = SimulatedKind.allCases.map { $0 == kind ? 1 : 0 }
    }

    public subscript(kind: SimulatedKind) -> Double {
        get { fractions[Int(kind.rawValue)] }
        set { fractions[Int(kind.rawValue)] = newValue }
    }

    var isUsable: Bool {
        fractions.allSatisfy { $0.isFinite && $0 >= 0 } && fractions.contains { $0 > 0 }
    }

    func draw(using generator: inout SeededGenerator) -> SimulatedKind {
        var remainder = generator.uniform() * fractions.reduce(0, +)
        var last = SimulatedKind.snIa
        for kind in SimulatedKind.allCases where self[kind] > 0 {
            last = kind
            remainder -= self[kind]
            if remainder < 0 { break }
        }
        return last
    }
}
