/// Search along a descent direction for a step that satisfies the strong Wolfe conditions, one evaluation at a time.
///
/// Source: Moré and Thuente 1994, "Line search algorithms with guaranteed sufficient decrease" (ACM TOMS 20, 286); the
/// cases below are those of its section 4. The tolerances are the ones L-BFGS-B uses: 1e-3, 0.9 and 0.1.
struct LineSearch {
    /// A step, the function there and its slope along the direction.
    struct Trial {
        var step: Double
        var value: Double
        var slope: Double
    }

    private static let sufficientDecrease = 1e-3
    private static let curvature = 0.9
    private static let intervalTolerance = 0.1

    private let origin: Trial
    private let maximumStep: Double
    /// The best step so far, and the other end of the interval that holds a minimiser once `isBracketed`.
    private var best: Trial
    private var other: Trial
    private var isBracketed = false
    /// Until a step with sufficient decrease and rising slope is seen, the search works on an auxiliary function.
    private var isFirstStage = true
    private var lowest = 0.0
    private var highest: Double
    private var width: Double
    private var previousWidth: Double

    /// The next step to evaluate.
    private(set) var step: Double

    /// `slope`, the directional derivative at step 0, must be negative.
    init(value: Double, slope: Double, firstStep: Double, maximumStep: Double) {
        origin = Trial(step: 0, value: value, slope: slope)
        self.maximumStep = maximumStep
        best = origin
        other = origin
        step = min(firstStep, maximumStep)
        highest = 5 * step
        width = maximumStep
        previousWidth = 2 * maximumStep
    }

    /// Takes the function at `step`: true when the search ends there, else `step` is the next one to evaluate.
    mutating func ends(value: Double, slope: Double) -> Bool {
        let target = Self.sufficientDecrease * origin.slope
        let bound = origin.value + step * target
        if isFirstStage, value <= bound, slope >= 0 {
            isFirstStage = false
        }
        let decreased = value <= bound
        if isBracketed, step <= lowest || step >= highest || isNarrow { return true }
        if step == maximumStep, decreased, slope <= target { return true }
        if step == 0, !decreased || slope >= target { return true }
        if decreased, abs(slope) <= -Self.curvature * origin.slope { return true }

        let trial = Trial(step: step, value: value, slope: slope)
        if isFirstStage, value <= best.value, !decreased {
            advance(with: trial, tilt: target)
        } else {
            advance(with: trial, tilt: 0)
        }
        narrow()
        return false
    }

    private var isNarrow: Bool { highest - lowest <= Self.intervalTolerance * highest }

    /// Halves an interval that shrinks too slowly, and keeps the step inside its limits.
    private mutating func narrow() {
        if isBracketed {
            let newWidth = abs(other.step - best.step)
            if newWidth >= 0.66 * previousWidth {
                step = best.step + 0.5 * (other.step - best.step)
            }
            previousWidth = width
            width = newWidth
            lowest = min(best.step, other.step)
            highest = max(best.step, other.step)
        } else {
            lowest = step + 1.1 * (step - best.step)
            highest = step + 4 * (step - best.step)
        }
        step = max(0, min(step, maximumStep))
        if isBracketed, step <= lowest || step >= highest || isNarrow {
            step = best.step
        }
    }

    /// Chooses the next step and updates the interval, on the function less `tilt` times the step.
    private mutating func advance(with trial: Trial, tilt: Double) {
        func tilted(_ trial: Trial, by tilt: Double) -> Trial {
            Trial(step: trial.step, value: trial.value - trial.step * tilt, slope: trial.slope - tilt)
        }
        var best = tilted(self.best, by: tilt)
        var other = tilted(self.other, by: tilt)
        let trial = tilted(trial, by: tilt)
        step = nextStep(best: best, other: other, trial: trial)
        if trial.value > best.value {
            other = trial
            isBracketed = true
        } else {
            if trial.slope * best.slope < 0 {
                other = best
                isBracketed = true
            }
            best = trial
        }
        self.best = tilted(best, by: -tilt)
        self.other = tilted(other, by: -tilt)
    }

    private func nextStep(best: Trial, other: Trial, trial: Trial) -> Double {
        let distance = best.step - trial.step
        if trial.value > best.value {
            // Case 1, a higher value: the cubic's minimiser if nearer to the best than the quadratic's, else midway.
            let cubic = Cubic(from: best, to: trial).minimizer
            let meanSlope = (best.value - trial.value) / -distance
            let quadratic = best.step - best.slope / (meanSlope + best.slope) / 2 * distance
            return abs(cubic - best.step) < abs(quadratic - best.step) ? cubic : cubic + (quadratic - cubic) / 2
        }
        let secant = trial.step + trial.slope / (trial.slope - best.slope) * distance
        if trial.slope * best.slope < 0 {
            // Case 2, a lower value and slopes of opposite sign: the farther of cubic and secant step.
            let cubic = Cubic(from: trial, to: best).minimizer
            return abs(cubic - trial.step) > abs(secant - trial.step) ? cubic : secant
        }
        let limit = trial.step > best.step ? highest : lowest
        if abs(trial.slope) < abs(best.slope) {
            // Case 3, a lower value and a flatter slope of the same sign: the cubic may have no minimiser ahead.
            let fit = Cubic(from: trial, to: best)
            let cubic = fit.ratio < 0 && fit.root != 0 ? fit.minimizer : limit
            let cubicIsNearer = abs(cubic - trial.step) < abs(secant - trial.step)
            guard isBracketed else {
                return max(lowest, min(cubicIsNearer ? secant : cubic, highest))
            }
            let nearer = cubicIsNearer ? cubic : secant
            let farthest = trial.step + 0.66 * (other.step - trial.step)
            return trial.step > best.step ? min(farthest, nearer) : max(farthest, nearer)
        }
        // Case 4, a lower value and a slope no flatter: the cubic through the other end, or as far as allowed.
        return isBracketed ? Cubic(from: trial, to: other).minimizer : limit
    }

    /// The cubic through two trials and their slopes.
    private struct Cubic {
        /// Where the minimiser lies on the way from the first trial (0) to the second (1).
        let ratio: Double
        /// Root of the discriminant, signed as the way goes; 0 when the cubic has no minimiser.
        let root: Double
        let minimizer: Double

        init(from first: Trial, to second: Trial) {
            let span = second.step - first.step
            let theta = 3 * (first.value - second.value) / span + first.slope + second.slope
            let size = max(abs(theta), abs(first.slope), abs(second.slope))
            let discriminant = (theta / size) * (theta / size) - first.slope / size * (second.slope / size)
            root = (span > 0 ? size : -size) * max(0, discriminant).squareRoot()
            ratio = (root - first.slope + theta) / (root - first.slope + root + second.slope)
            minimizer = first.step + ratio * span
        }
    }
}
