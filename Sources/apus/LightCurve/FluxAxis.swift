import ArgumentParser

/// How brightness is drawn.
enum FluxAxis: String, CaseIterable, ExpressibleByArgument {
    /// Magnitudes for alerts that have them and only brightened; fluxes, which have a sign, for all others.
    case auto
    case magnitude
    case flux
}
