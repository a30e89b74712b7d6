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

/// The model as a sum of two functions: of theta0's distance from where it is best for its theta1, and of theta1.
typedef struct gp_model {
    /// dtheta0/dtheta1 of the best theta0, negated.
    double slant;
    double gradient0, curvature0;
    /// Along the line of best theta0.
    double gradient1, curvature1;
} gp_model;

static gp_model model_of(const gp_search *s) {
    const double *h = s->hessian, *g = s->gradient;
    double slant = h[1] / h[0];
    return (gp_model){slant, g[0], h[0], g[1] - g[0] * slant, h[2] - h[1] * slant};
}

/// Where the function of the time scale that has derivatives g and h at 0 is least.
///
/// Towards longer scales the likelihood levels off, and a parabola in theta1 falls short again and again; a parabola in
/// y = x / (1 + x / 4), much like the inverse time scale, does not.
static double time_scale_step(double g, double h) {
    if (g >= 0) return -g / h;
    return h + 0.75 * g > 0 ? -g / (h + 0.75 * g) : INFINITY;
}

/// That function at x.
static double time_scale_value(double g, double h, double x) {
    if (g >= 0) return g * x + 0.5 * h * x * x;
    double y = x / (1 + 0.25 * x);
    return g * y + 0.5 * (h + 0.5 * g) * y * y;
}

/// Sets `trial` to the least of the model within the bounds and the radius.
static void propose(gp_search *s) {
    double low[2], high[2], step[2];
    for (int i = 0; i < 2; i++) {
        low[i] = fmax(lower[i] - s->point[i], -s->radius);
        high[i] = fmin(upper[i] - s->point[i], s->radius);
    }
    gp_model m = model_of(s);
    step[1] = clamp(time_scale_step(m.gradient1, m.curvature1), low[1], high[1]);
    step[0] = -m.gradient0 / m.curvature0 - m.slant * step[1];
    if (step[0] < low[0] || step[0] > high[0]) {
        step[0] = clamp(step[0], low[0], high[0]);
        double gradient = s->gradient[1] + s->hessian[1] * step[0];
        step[1] = clamp(time_scale_step(gradient, s->hessian[2]), low[1], high[1]);
    }
    double across = step[0] + m.slant * step[1];
    double value = m.gradient0 * across + 0.5 * m.curvature0 * across * across +
        time_scale_value(m.gradient1, m.curvature1, step[1]);
    s->predicted = fmax(0, -value);
    s->cut = false;
    for (int i = 0; i < 2; i++) {
        // At a bound exactly, without the rounding of a sum.
        double target = s->point[i] + step[i];
        if (step[i] == lower[i] - s->point[i]) target = lower[i];
        if (step[i] == upper[i] - s->point[i]) target = upper[i];
        s->trial[i] = clamp(target, lower[i], upper[i]);
        if (fabs(step[i]) >= s->radius) s->cut = true;
    }
}

/// Fits the two unknown elements of the model's matrix to the change of gradient along a step.
///
/// That gives them for the middle of the step; half the change of the average information takes them to its end.
static void learn(gp_search *s, const double step[2], const gp_value *v, const double change[2], bool moved) {
    // The curvature goes about with exp(-theta0): this is near its mean along the step.
    double curvature = 0.25 * (s->curvature + v->curvature) + 0.5 * sqrt(fabs(s->curvature * v->curvature));
    double *h = s->hessian, half = moved ? 0.5 : -0.5;
    if (fabs(step[1]) > 1e-7 && fabs(step[1]) > 1e-2 * fabs(step[0])) {
        h[1] = (change[0] - curvature * step[0]) / step[1];
        h[2] = (change[1] - h[1] * step[0]) / step[1];
        for (int i = 0; i < 2; i++) h[1 + i] += half * (v->information[i] - s->information[i]);
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
    for (int i = 0; i < 2; i++) s->information[i] = v->information[i];
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
static const double rough_tolerance = 3e-3;

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
