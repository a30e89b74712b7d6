/// Scores a recipe on alerts of objects that the scoring network, calibration included, never saw.
///
/// Groups are spread over folds. For each fold a network is trained, and its temperature fitted, on the curves of the others, by
/// the very run that makes a model; it scores the alerts of the fold. Alerts of groups that have no curve go to fold 0.
public struct CrossValidation {
    private let curves: [LabelledCurve]
    private let rows: AlertRows
    private let truth: [LabelledAlert]
    private let folds: Folds
    private let foldCount: Int

    /// - Parameter foldSeed: draws the folds, which all recipes and seeds have in common.
    public init(
        _ curves: [LabelledCurve], _ rows: AlertRows, _ truth: [LabelledAlert], folds count: Int, foldSeed: UInt64 = 1
    ) {
        self.curves = curves
        self.rows = rows
        self.truth = truth
        foldCount = count
        folds = Folds(curves.map { ($0.group, $0.label) }, count: count, seed: foldSeed)
    }

    private func fold(of group: String) -> Int { folds.fold(of: group) ?? 0 }

    /// Probabilities of each alert of `truth`; nil where the preset makes no row of it.
    ///
    /// - Parameter progress: called after each epoch with the fold and what the epoch brought.
    public func run(
        _ recipe: TrainingRecipe, progress: (_ fold: Int, Trainer.Progress) -> Void = { _, _ in }
    ) throws(TrainingError) -> [[Float]?] {
        let classes = recipe.classes.count
        let examples = rows.examples(classes: classes)
        let rowOfCandid = Dictionary(rows.candids.enumerated().map { ($1, $0) }) { first, _ in first }
        var probabilities = [[Float]?](repeating: nil, count: truth.count)
        for fold in 0..<foldCount {
            let members = curves.indices.filter { self.fold(of: curves[$0].group) != fold }
            let run = try TrainingRun(recipe, curves, members: members)
            while !run.isDone { progress(fold, try run.runEpoch()) }
            let network = try run.finish()
            let logits = try run.logits(network, of: examples)
            for index in truth.indices where self.fold(of: truth[index].group) == fold {
                guard let row = rowOfCandid[truth[index].candid] else { continue }
                probabilities[index] = network.calibrator.probabilities(logits[row * classes..<(row + 1) * classes])
            }
        }
        return probabilities
    }
}
