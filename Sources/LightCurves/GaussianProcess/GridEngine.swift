/// What fits the Gaussian processes of a grid preset.
public enum GridEngine: String, CaseIterable, Sendable {
    /// `LaneRegridder`: many curves at a time, each to its optimum.
    case lanes
    /// `Regridder`: one at a time, and the search stops where the published one does.
    case plain
}
