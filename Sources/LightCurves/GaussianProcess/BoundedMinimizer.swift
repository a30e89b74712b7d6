/// Minimises a smooth function of two variables within bounds, by the limited-memory quasi-Newton method L-BFGS-B.
///
/// Each iteration follows the projected steepest-descent path to the generalised Cauchy point of a quadratic model,
/// minimises the model over the variables that stay free there, and searches along the way to that point. Sources:
/// Byrd, Lu, Nocedal and Zhu 1995 (SIAM J. Sci. Comput. 16, 1190); Morales and Nocedal 2011 (ACM TOMS 38, 7) for the
/// projection in the subspace step. Which optimum of a curve with two is found, and how far from it the search stops,
/// decides classes; hence SciPy's method.
public struct BoundedMinimizer: Sendable {
    /// A function's value and gradient.
    public struct Evaluation: Sendable {
        public var value: Double
        public var gradient: SIMD2<Double>

        public init(value: Double, gradient: SIMD2<Double>) {
            self.value = value
            self.gradient = gradient
        }
    }

    /// Where a search ended.
    public struct Minimum: Sendable {
        public var point: SIMD2<Double>
        public var value: Double
        public var gradient: SIMD2<Double>
        public var iterations: Int
        public var evaluations: Int
        /// False when the line search found no lower point or a limit was reached.
        public var converged: Bool
    }

    /// Stop when (f_k - f_k+1) / max(|f_k|, |f_k+1|, 1) is at most this.
    public var valueTolerance: Double
    /// Stop when no component of the projected gradient exceeds this.
    public var gradientTolerance: Double
    /// SciPy's `maxiter`, and its `maxls` for one line search.
    public var maximumIterations = 15_000
    public var maximumLineSearchSteps = 20

    public init(valueTolerance: Double, gradientTolerance: Double) {
        self.valueTolerance = valueTolerance
        self.gradientTolerance = gradientTolerance
    }

    /// Searches from `start`, which is first clamped to `bounds`; every evaluation is within them and must be finite.
    public func minimum(
        from start: SIMD2<Double>, within bounds: Box, of function: (SIMD2<Double>) -> Evaluation
    ) -> Minimum {
        var point = bounds.clamped(start)
        var current = function(point)
        var result = Minimum(
            point: point, value: current.value, gradient: current.gradient, iterations: 0, evaluations: 1,
            converged: false)
        var model = QuadraticModel()
        while !result.converged, result.iterations < maximumIterations {
            guard bounds.projectedGradientNorm(current.gradient, at: point) > gradientTolerance else {
                result.converged = true
                break
            }
            let target = model.minimizer(from: point, gradient: current.gradient, within: bounds)
            let found = search(
                from: point, current, to: target, within: bounds, isFirst: result.iterations == 0,
                evaluations: &result.evaluations, function)
            guard let found else {
                // The model misleads: forget it and try steepest descent once; give up when that was steepest descent.
                guard !model.isSteepestDescent else { break }
                model.forget()
                continue
            }
            let change = current.value - found.evaluation.value
            let size = max(abs(current.value), abs(found.evaluation.value), 1)
            result.converged =
                bounds.projectedGradientNorm(found.evaluation.gradient, at: found.point) <= gradientTolerance
                || change <= valueTolerance * size
            model.learn(
                step: found.point - point, gradientChange: found.evaluation.gradient - current.gradient,
                descent: -dot(current.gradient, found.point - point))
            point = found.point
            current = found.evaluation
            result.iterations += 1
        }
        result.point = point
        result.value = current.value
        result.gradient = current.gradient
        return result
    }

    /// Searches the line to `target` and beyond; nil when it does not descend or the limit of steps is reached.
    private func search(
        from point: SIMD2<Double>, _ current: Evaluation, to target: SIMD2<Double>, within bounds: Box, isFirst: Bool,
        evaluations: inout Int, _ function: (SIMD2<Double>) -> Evaluation
    ) -> (point: SIMD2<Double>, evaluation: Evaluation)? {
        let direction = target - point
        let slope = dot(current.gradient, direction)
        guard slope < 0 else { return nil }
        let maximumStep = isFirst ? 1 : bounds.longestStep(from: point, along: direction)
        var line = LineSearch(value: current.value, slope: slope, firstStep: 1, maximumStep: maximumStep)
        for _ in 0..<maximumLineSearchSteps {
            // A full step is the target itself, without the rounding that could leave a variable just off its bound.
            let next = line.step == 1 ? target : bounds.clamped(point + line.step * direction)
            let evaluation = function(next)
            evaluations += 1
            if line.ends(value: evaluation.value, slope: dot(evaluation.gradient, direction)) {
                return (next, evaluation)
            }
        }
        return nil
    }
}

func dot(_ left: SIMD2<Double>, _ right: SIMD2<Double>) -> Double {
    (left * right).sum()
}
