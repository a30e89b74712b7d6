import LightCurves

/// A way to fit and regrid light curves, as `RegridBench` measures it.
enum RegridEngine: CaseIterable {
    /// `LaneRegridder`: many curves at a time, one a vector lane.
    case lanes
    /// `Regridder`: one curve at a time, double precision, loops.
    case plain

    var name: String {
        switch self {
        case .lanes: "apus, lanes"
        case .plain: "apus, plain"
        }
    }

    /// How many curves it is given at once: in a deep queue all, in a service's batch fewer; one where it makes no difference.
    func batches(of curves: Int, and batch: Int) -> [Int] {
        switch self {
        case .lanes: curves > batch ? [curves, batch] : [curves]
        case .plain: [1]
        }
    }

    /// A worker with its own memory for some curves, `batch` of them at a time.
    func worker(_ curves: [LightCurve], batch: Int) -> RegridWorker {
        switch self {
        case .lanes: .lanes(LaneRegridWorker(curves, batch: batch))
        case .plain: .plain(PlainRegridWorker(curves))
        }
    }
}

/// One thread's engine and its curves, in the form that the engine takes them.
enum RegridWorker {
    case lanes(LaneRegridWorker)
    case plain(PlainRegridWorker)

    /// Fits and regrids the next batch, after the last the first again; how many curves that were.
    func regridNext() -> Int {
        switch self {
        case .lanes(let worker): worker.regridNext()
        case .plain(let worker): worker.regridNext()
        }
    }

    /// -ln L of each curve at its optimum, NaN where there is none.
    func negativeLogLikelihoods() -> [Double] {
        switch self {
        case .lanes(let worker): worker.negativeLogLikelihoods()
        case .plain(let worker): worker.negativeLogLikelihoods()
        }
    }
}

/// Grid points, as in the published pipeline.
let regridLength = 100

/// `Regridder`, curve by curve.
final class PlainRegridWorker {
    private let curves: [LightCurve]
    private var next = 0
    private var regridder = Regridder(passbands: CurveSet.passbands, length: regridLength)
    /// Over all that was computed, so that nothing can be left out.
    private(set) var consumed = 0.0

    init(_ curves: [LightCurve]) { self.curves = curves }

    func regridNext() -> Int {
        guard !curves.isEmpty else { return 0 }
        _ = try? regridder.regrid(curves[next])
        consumed += regridder.mean.first ?? 0
        next = (next + 1) % curves.count
        return 1
    }

    func negativeLogLikelihoods() -> [Double] {
        curves.map { (try? regridder.regrid($0))?.negativeLogLikelihood ?? .nan }
    }
}
