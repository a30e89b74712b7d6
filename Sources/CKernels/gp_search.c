#include "gp_search.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

static const double lower[2] = {-10, 0};
static const double upper[2] = {10, 13.815510557964274}; // ln 1e6
static const double start_theta1 = 5.991464547107982;    // ln 400

enum { MOST_ROUGH_EVALUATIONS = 20, MOST_EVALUATIONS = 60 };

void gp_search_begin(gp_search *search) {
    *search = (gp_search){.trial = {0, start_theta1}, .radius = 3, .is_rough = true};
}

void gp_search_resume(gp_search *search) {
    if (search->failed) {
        int32_t evaluations = search->evaluations;
        gp_search_begin(search);
        search->evaluations = evaluations;
    }
    search->has_point = false;
    search->is_rough = false;
    search->is_resumed = true;
    search->radius = 3;
    // What the last step promised; the first value in double precision shows what that was worth.
    search->last_predicted = search->cut ? 0 : search->predicted;
}

static double clamp(double x, double low, double high) {
    return x < low ? low : x > high ? high : x;
}

/// Makes the matrix positive definite: its eigenvalues' absolute values, none below a thousandth of the largest.
static void make_positive(double h[3]) {
    double mean = 0.5 * (h[0] + h[2]), half = 0.5 * (h[0] - h[2]);
    double spread = sqrt(half * half + h[1] * h[1]);
    double large = mean + spread, small = mean - spread;
    double floor = 1e-9 * fmax(fabs(large), fabs(small)) + 1e-12;
    if (small >= floor && small > 0) return;
    double new_large = fmax(fabs(large), floor), new_small = fmax(fabs(small), floor);
    // The eigenvectors stay: H = mean I + spread R with R a reflection.
    double new_mean = 0.5 * (new_large + new_small);
    double scale = spread > 0 ? 0.5 * (new_large - new_small) / spread : 0;
    h[0] = new_mean + scale * half;
    h[2] = new_mean - scale * half;
    h[1] *= scale;
}

static double model(const gp_search *s, double x, double y) {
    const double *h = s->hessian, *g = s->gradient;
    return g[0] * x + g[1] * y + 0.5 * (h[0] * x * x + h[2] * y * y) + h[1] * x * y;
}

/// Sets `trial` to the least of the model within the bounds and the radius, exactly.
static void propose(gp_search *s) {
    const double *h = s->hessian, *g = s->gradient;
    double low[2], high[2];
    for (int i = 0; i < 2; i++) {
        low[i] = fmax(lower[i] - s->point[i], -s->radius);
        high[i] = fmin(upper[i] - s->point[i], s->radius);
    }
    double determinant = h[0] * h[2] - h[1] * h[1];
    double best[2] = {
        (h[1] * g[1] - h[2] * g[0]) / determinant,
        (h[1] * g[0] - h[0] * g[1]) / determinant,
    };
    bool outside[2] = {best[0] < low[0] || best[0] > high[0], best[1] < low[1] || best[1] > high[1]};
    if (outside[0] || outside[1]) {
        double free[2] = {best[0], best[1]};
        double least = INFINITY;
        // The constrained least is on the face of a violated bound.
        for (int i = 0; i < 2; i++) {
            if (!outside[i]) continue;
            int other = 1 - i;
            double step[2];
            step[i] = clamp(free[i], low[i], high[i]);
            step[other] = clamp(-(g[other] + h[1] * step[i]) / h[2 * other], low[other], high[other]);
            double value = model(s, step[0], step[1]);
            if (value < least) {
                least = value;
                best[0] = step[0];
                best[1] = step[1];
            }
        }
    }
    s->predicted = fmax(0, -model(s, best[0], best[1]));
    s->cut = false;
    for (int i = 0; i < 2; i++) {
        // At a bound exactly, without the rounding of a sum.
        double target = s->point[i] + best[i];
        if (best[i] == lower[i] - s->point[i]) target = lower[i];
        if (best[i] == upper[i] - s->point[i]) target = upper[i];
        s->trial[i] = clamp(target, lower[i], upper[i]);
        if (fabs(best[i]) >= s->radius) s->cut = true;
    }
}

/// Fits the two unknown elements of the model's matrix to the change of gradient along a step.
static void learn(gp_search *s, const double step[2], const gp_value *v, const double change[2], bool moved) {
    double curvature = 0.5 * (s->curvature + v->curvature);
    double *h = s->hessian;
    if (fabs(step[1]) > 1e-7 && fabs(step[1]) > 1e-2 * fabs(step[0])) {
        h[1] = (change[0] - curvature * step[0]) / step[1];
        h[2] = (change[1] - h[1] * step[0]) / step[1];
    }
    h[0] = moved ? v->curvature : s->curvature;
    make_positive(h);
}

static bool is_finite(const gp_value *v) {
    return isfinite(v->value) && isfinite(v->gradient[0]) && isfinite(v->gradient[1]) && isfinite(v->curvature);
}

static void move(gp_search *s, const gp_value *v) {
    for (int i = 0; i < 2; i++) {
        s->point[i] = s->trial[i];
        s->gradient[i] = v->gradient[i];
    }
    s->value = v->value;
    s->curvature = v->curvature;
    s->has_point = true;
}

static bool end_here(gp_search *s) {
    for (int i = 0; i < 2; i++) s->trial[i] = s->point[i];
    s->cut = true;
    return true;
}

/// How far above the optimum the search may end, by the estimate of `is_near`.
static const double tolerance = 1e-10;
/// The rough part ends when no more than this is to be gained.
static const double rough_tolerance = 1e-3;

/// Whether to take the proposed step unevaluated: when what will be left after it, to judge by the step before, is small.
static bool is_near(const gp_search *s) {
    if (s->cut) return false;
    if (s->is_rough) return s->predicted <= rough_tolerance;
    double rate = s->last_predicted > 0 ? fmin(1, s->predicted / s->last_predicted) : 1;
    // The model gets better from step to step, but not by the first value of the second part.
    return s->predicted * (s->is_resumed ? rate : rate * sqrt(rate)) <= tolerance;
}

bool gp_search_observe(gp_search *s, const gp_value *v) {
    s->evaluations++;
    bool finite = is_finite(v);
    if (!s->has_point) {
        s->failed = !finite;
        if (!finite) return true;
        move(s, v);
        bool knows_nothing = s->hessian[0] == 0;
        s->hessian[0] = v->curvature;
        if (knows_nothing) {
            s->hessian[1] = v->information[0];
            s->hessian[2] = v->information[1];
        }
        make_positive(s->hessian);
    } else {
        double step[2] = {s->trial[0] - s->point[0], s->trial[1] - s->point[1]};
        double length = fmax(fabs(step[0]), fabs(step[1]));
        double decrease = s->value - v->value;
        double noise = (s->is_rough ? 1e-6 : 1e-13) * (1 + fabs(s->value));
        bool good = finite && decrease + noise >= 1e-2 * s->predicted;
        if (finite) {
            double change[2] = {v->gradient[0] - s->gradient[0], v->gradient[1] - s->gradient[1]};
            learn(s, step, v, change, good);
        }
        s->last_predicted = s->cut ? 0 : s->predicted;
        s->is_resumed = false;
        if (good) {
            if (decrease > 0.75 * s->predicted && s->cut) s->radius = fmin(2 * s->radius, 8);
            if (decrease < 0.25 * s->predicted) s->radius = 0.5 * length;
            move(s, v);
        } else {
            s->radius = 0.3 * length;
            s->last_predicted = 0;
        }
        bool is_enough = s->is_rough ? s->evaluations >= MOST_ROUGH_EVALUATIONS : s->evaluations >= MOST_EVALUATIONS;
        if (is_enough || s->radius < 1e-9) return end_here(s);
    }
    propose(s);
    return is_near(s);
}
