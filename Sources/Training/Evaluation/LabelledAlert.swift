/// What is known of an alert that a classifier is judged by.
public struct LabelledAlert: Sendable, Equatable {
    public var candid: Int64
    /// One physical object, which may go by several ids: what splits keep together and what weighs 1.
    public var group: String
    /// Index of its class.
    public var label: Int
    public var source: String
    /// Which of the object's alerts it is: 1 early, 2, 3 late.
    public var epoch: Int
    /// Detections in g and in r.
    public var detectionsG: Int
    public var detectionsR: Int

    public init(
        candid: Int64, group: String, label: Int, source: String, epoch: Int, detectionsG: Int, detectionsR: Int
    ) {
        self.candid = candid
        self.group = group
        self.label = label
        self.source = source
        self.epoch = epoch
        self.detectionsG = detectionsG
        self.detectionsR = detectionsR
    }

    /// Whether it has the two detections in g and two in r that the published classifier asks for.
    public var isWellObserved: Bool { detectionsG >= 2 && detectionsR >= 2 }
}
