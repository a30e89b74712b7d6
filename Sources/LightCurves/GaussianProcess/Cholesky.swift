/// Cholesky factorisation of a small dense matrix, double precision, row-major, in place.
///
/// Plain loops: the reference that faster ones are held against. Longer arrays than needed are fine.
public enum Cholesky {
    /// Overwrites the lower triangle of `matrix` (n, n) with L of L L^T; the upper one is neither read nor written.
    ///
    /// False when the matrix is not positive definite in floating point; the lower triangle is then undefined.
    public static func factor(_ matrix: inout [Double], n: Int) -> Bool {
        var rows = matrix.mutableSpan
        for i in 0..<n {
            for j in 0...i {
                var sum = rows[i * n + j]
                for k in 0..<j {
                    sum -= rows[i * n + k] * rows[j * n + k]
                }
                if i == j {
                    guard sum > 0, sum.isFinite else { return false }
                    rows[i * n + i] = sum.squareRoot()
                } else {
                    rows[i * n + j] = sum / rows[j * n + j]
                }
            }
        }
        return true
    }

    /// Solves L x = b in place; `factor` (n, n), `vector` (n).
    public static func solveLower(_ factor: [Double], n: Int, _ vector: inout [Double]) {
        let rows = factor.span
        var x = vector.mutableSpan
        for i in 0..<n {
            var sum = x[i]
            for k in 0..<i {
                sum -= rows[i * n + k] * x[k]
            }
            x[i] = sum / rows[i * n + i]
        }
    }

    /// Solves L^T x = b in place; `factor` (n, n), `vector` (n).
    public static func solveUpper(_ factor: [Double], n: Int, _ vector: inout [Double]) {
        let rows = factor.span
        var x = vector.mutableSpan
        for i in stride(from: n - 1, through: 0, by: -1) {
            let value = x[i] / rows[i * n + i]
            x[i] = value
            for k in 0..<i {
                x[k] -= rows[i * n + k] * value
            }
        }
    }

    /// Writes the transpose of L^-1 to the upper triangle of `inverse` (n, n): row j holds column j of L^-1.
    public static func invertTransposed(_ factor: [Double], n: Int, into inverse: inout [Double]) {
        let rows = factor.span
        var columns = inverse.mutableSpan
        for j in 0..<n {
            columns[j * n + j] = 1 / rows[j * n + j]
            for i in (j + 1)..<n {
                var sum = 0.0
                for k in j..<i {
                    sum += rows[i * n + k] * columns[j * n + k]
                }
                columns[j * n + i] = -sum / rows[i * n + i]
            }
        }
    }
}
