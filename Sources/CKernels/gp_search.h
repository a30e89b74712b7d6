#ifndef APUS_GP_SEARCH_H
#define APUS_GP_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

// The search of one curve's optimum within bounds, fed with evaluations one at a time. Scalar, double.

/// The negative log-likelihood at a point, and what is known of its derivatives.
typedef struct gp_value {
    double value;
    double gradient[2];
    /// Second derivative by theta0, exact.
    double curvature;
    /// Average information: (0,1) and (1,1) elements.
    double information[2];
} gp_value;

typedef struct gp_search {
    /// Where to evaluate next; when the search has ended, its result. Coordinates: theta0 less its start, theta1.
    double trial[2];
    int32_t evaluations;
    /// False until the start has been evaluated.
    bool has_point;
    /// There is no finite value at the start.
    bool failed;

    double point[2], value, gradient[2];
    /// (0,0), (0,1), (1,1) of the matrix of the quadratic model, positive definite.
    double hessian[3];
    /// As in `gp_value`, at `point`.
    double curvature, information[2];
    /// Largest step in each coordinate.
    double radius;
    double predicted;
    /// The decrease that the model promised for the last step that was not cut by the radius; 0 when there is none.
    double last_predicted;
    bool cut;
    /// The values are of single precision; the search ends near the optimum.
    bool is_rough;
    /// No gradient has been learnt from since the rough part.
    bool is_resumed;
} gp_search;

/// Begins the rough part.
void gp_search_begin(gp_search *search);

/// Begins the second part, with values of double precision, where the first one ended.
void gp_search_resume(gp_search *search);

/// Takes the value at `trial`; true when this part of the search has ended.
bool gp_search_observe(gp_search *search, const gp_value *value);

#endif
