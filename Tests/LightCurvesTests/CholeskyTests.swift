import COpenBLAS
import Glibc
import LightCurves
import Testing

@Suite struct CholeskyTests {
    @Test(arguments: [1, 2, 3, 7, 30, 86, 200])
    func theFactorEqualsLapacks(n: Int) throws {
        let matrix = covariance(n: n)
        var ours = matrix
        let isFactored = Cholesky.factor(&ours, n: n)
        #expect(isFactored)
        var theirs = matrix
        try lapackFactor(&theirs, n: n)
        var difference = 0.0
        for i in 0..<n {
            for j in 0...i {
                difference = max(difference, abs(ours[i * n + j] - theirs[i * n + j]))
            }
        }
        #expect(difference <= 1e-12 * matrix[0].squareRoot(), "largest difference \(difference)")
    }

    @Test(arguments: [1, 2, 5, 30, 86])
    func solutionsAndTheInverseEqualBlass(n: Int) {
        var factor = covariance(n: n)
        let isFactored = Cholesky.factor(&factor, n: n)
        #expect(isFactored)
        let right = (0..<n).map { Double($0 % 7) - 3 }

        var lower = right
        Cholesky.solveLower(factor, n: n, &lower)
        var expected = right
        cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, Int32(n), factor, Int32(n), &expected, 1)
        expectEqual(lower, expected)

        var upper = lower
        Cholesky.solveUpper(factor, n: n, &upper)
        cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, Int32(n), factor, Int32(n), &expected, 1)
        expectEqual(upper, expected)

        // L L^-1 is the identity; the inverse comes transposed, and its lower triangle is not written.
        var inverse = [Double](repeating: 0, count: n * n)
        Cholesky.invertTransposed(factor, n: n, into: &inverse)
        cblas_dtrmm(
            CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, Int32(n), Int32(n), 1, factor, Int32(n),
            &inverse, Int32(n))
        let identity = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
        expectEqual(inverse, identity)
    }

    @Test func aMatrixThatIsNotPositiveDefiniteIsRefused() {
        var negative = [1.0, 0, 2, 1]
        let isNegativeFactored = Cholesky.factor(&negative, n: 2)
        #expect(!isNegativeFactored)
        var singular = [1.0, 0, 1, 1]
        let isSingularFactored = Cholesky.factor(&singular, n: 2)
        #expect(!isSingularFactored)
        var notANumber = [Double.nan]
        let isNotANumberFactored = Cholesky.factor(&notANumber, n: 1)
        #expect(!isNotANumberFactored)
        var infinite = [Double.infinity]
        let isInfiniteFactored = Cholesky.factor(&infinite, n: 1)
        #expect(!isInfiniteFactored)
    }

    /// A covariance of the kind the fits factor, only its lower triangle filled.
    private func covariance(n: Int) -> [Double] {
        let kernel = Matern32Kernel(theta: SIMD2(15, 6))
        var matrix = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in 0...i {
                matrix[i * n + j] = kernel.covariance(
                    dt: Double(i - j) * 0.3, dLambda: (i - j) % 2 == 0 ? 0 : 1632.13)
            }
            matrix[i * n + i] += kernel.variance * 1e-3
        }
        return matrix
    }

    private func expectEqual(_ left: [Double], _ right: [Double], tolerance: Double = 1e-11) {
        let size = max(1, right.map(abs).max() ?? 0)
        let difference = zip(left, right).map { abs($0 - $1) }.max() ?? 0
        #expect(difference <= tolerance * size, "largest difference \(difference) of \(size)")
    }

    /// LAPACK's `dpotrf` (Fortran), which OpenBLAS holds but its C header does not declare.
    private func lapackFactor(_ matrix: inout [Double], n: Int) throws {
        typealias Dpotrf = @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<Int32>, UnsafeMutablePointer<Double>, UnsafePointer<Int32>,
            UnsafeMutablePointer<Int32>
        ) -> Void
        let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "dpotrf_"))
        // SAFETY: the type is that of LAPACK's reference interface with 32-bit integers, which `cblas.h` here uses too.
        let dpotrf = unsafeBitCast(symbol, to: Dpotrf.self)
        var order = Int32(n)
        var status: Int32 = -1
        // Fortran's columns are our rows, so its upper triangle is our lower one.
        var triangle = CChar(bitPattern: UInt8(ascii: "U"))
        dpotrf(&triangle, &order, &matrix, &order, &status)
        #expect(status == 0)
    }
}
