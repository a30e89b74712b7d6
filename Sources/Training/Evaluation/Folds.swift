import Alerts

/// A split of objects into folds, group by group, each class spread evenly.
public struct Folds: Sendable, Equatable {
    public let count: Int
    private let fold: [String: Int]

    /// - Parameter groups: each group with its class; of one that appears with several, the first counts.
    public init(_ groups: [(group: String, label: Int)], count: Int, seed: UInt64) {
        self.count = count
        var labels: [String: Int] = [:]
        for (group, label) in groups where labels[group] == nil { labels[group] = label }
        var random = SplitMix64(seed: seed)
        var fold: [String: Int] = [:]
        for label in Set(labels.values).sorted() {
            var members = labels.filter { $0.value == label }.map(\.key).sorted()
            members.shuffle(using: &random)
            let start = Int.random(in: 0..<count, using: &random)
            for (place, group) in members.enumerated() { fold[group] = (start + place) % count }
        }
        self.fold = fold
    }

    /// The fold in which a group is kept back.
    public func fold(of group: String) -> Int? { fold[group] }
}
