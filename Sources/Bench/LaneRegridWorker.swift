import LightCurves

/// `LaneRegridder`, a batch of curves at a time.
final class LaneRegridWorker {
    private let batches: [LightCurveBatch]
    private var next = 0
    private let regridder = LaneRegridder(passbands: CurveSet.passbands, length: regridLength)
    /// Over all that was computed, so that nothing can be left out.
    private(set) var consumed = 0.0

    init(_ curves: [LightCurve], batch size: Int) {
        let size = max(1, size)
        batches = stride(from: 0, to: curves.count, by: size).map { first in
            var batch = LightCurveBatch()
            for curve in curves[first..<min(curves.count, first + size)] {
                batch.append(curve, passbands: CurveSet.passbands)
            }
            return batch
        }
    }

    func regridNext() -> Int {
        guard !batches.isEmpty else { return 0 }
        let batch = batches[next]
        regridder.regrid(batch)
        consumed += regridder.mean.first ?? 0
        next = (next + 1) % batches.count
        return batch.count
    }

    func negativeLogLikelihoods() -> [Double] {
        batches.flatMap { batch in
            regridder.regrid(batch)
            return regridder.outcomes.map { $0.reason == nil ? $0.negativeLogLikelihood : .nan }
        }
    }
}
