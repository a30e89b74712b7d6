import COpenBLAS
import Glibc

/// A floating-point type that a network can be trained in: `Float` to train, `Double` to check gradients.
public protocol Real: BinaryFloatingPoint, BitwiseCopyable, Sendable {
    /// y = a b + beta y for matrices in row-major order; a is (rows, inner), b (inner, columns), y (rows, columns), each after
    /// the transposition that its view asks for.
    static func multiply(
        _ a: MatrixView<Self>, _ b: MatrixView<Self>, rows: Int, inner: Int, columns: Int, addingTo beta: Self,
        _ y: UnsafeMutablePointer<Self>, stride: Int)

    /// exp of each number in place.
    static func exponentiate(_ x: UnsafeMutablePointer<Self>, count: Int)
}

/// A matrix somewhere in memory, row-major, read as it is or transposed.
public struct MatrixView<R: Real> {
    let start: UnsafePointer<R>
    /// Elements from one row to the next.
    let stride: Int
    let isTransposed: Bool

    init(_ start: UnsafePointer<R>, stride: Int, transposed: Bool = false) {
        self.start = start
        self.stride = stride
        isTransposed = transposed
    }

    init(_ start: UnsafeMutablePointer<R>, stride: Int, transposed: Bool = false) {
        self.init(UnsafePointer(start), stride: stride, transposed: transposed)
    }

    fileprivate var transposition: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
}

/// OpenBLAS works in the thread that calls it: threads are ours, and what they add up does not depend on their number.
private let isSingleThreaded: Bool = {
    openblas_set_num_threads(1)
    return true
}()

extension Float: Real {
    public static func multiply(
        _ a: MatrixView<Float>, _ b: MatrixView<Float>, rows: Int, inner: Int, columns: Int, addingTo beta: Float,
        _ y: UnsafeMutablePointer<Float>, stride: Int
    ) {
        precondition(isSingleThreaded)
        cblas_sgemm(
            CblasRowMajor, a.transposition, b.transposition, blasint(rows), blasint(columns), blasint(inner), 1, a.start,
            blasint(a.stride), b.start, blasint(b.stride), beta, y, blasint(stride))
    }

    // PERF: a polynomial that the compiler turns into vectors, 0.6 ns a number where expf takes 4. Relative error below 2e-7.
    public static func exponentiate(_ x: UnsafeMutablePointer<Float>, count: Int) {
        for index in 0..<count {
            // exp(x) = 2^n exp(r), |r| <= ln 2 / 2; the coefficients are 1/k!, and ln 2 is split so that n ln 2 is exact.
            let bounded = max(-87, min(88, x[index]))
            let n = (bounded * 1.442_695_04 + 12_582_912) - 12_582_912
            let r = (bounded - n * 0.693_359_375) + n * 2.121_944_4e-4
            var p: Float = 1.0 / 5040
            p = p * r + 1.0 / 720
            p = p * r + 1.0 / 120
            p = p * r + 1.0 / 24
            p = p * r + 1.0 / 6
            p = p * r + 0.5
            p = p * r + 1
            p = p * r + 1
            x[index] = p * Float(bitPattern: UInt32(bitPattern: (Int32(n) &+ 127) << 23))
        }
    }
}

extension Double: Real {
    public static func multiply(
        _ a: MatrixView<Double>, _ b: MatrixView<Double>, rows: Int, inner: Int, columns: Int, addingTo beta: Double,
        _ y: UnsafeMutablePointer<Double>, stride: Int
    ) {
        precondition(isSingleThreaded)
        cblas_dgemm(
            CblasRowMajor, a.transposition, b.transposition, blasint(rows), blasint(columns), blasint(inner), 1, a.start,
            blasint(a.stride), b.start, blasint(b.stride), beta, y, blasint(stride))
    }

    public static func exponentiate(_ x: UnsafeMutablePointer<Double>, count: Int) {
        for index in 0..<count { x[index] = exp(x[index]) }
    }
}
