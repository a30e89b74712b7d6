#ifndef APUS_GP_LANES_H
#define APUS_GP_LANES_H

#include <stdbool.h>
#include <stdint.h>

#include "isa.h"

// Gaussian processes of many light curves at a time, one curve a vector lane: docs/preprocessing.md, "The fast engine".

enum { APUS_GP_PASSBANDS = 6, APUS_GP_POINTS = 512 };

/// How a curve ended.
enum { APUS_GP_DONE = 0, APUS_GP_NOT_POSITIVE_DEFINITE = 1, APUS_GP_NOT_FINITE = 2 };

/// One curve: what to fit, and after `apus_gp_regrid` the result.
///
/// Its points are in slots, one a passband, the slot with most points first; in a slot the times ascend. Every passband has a slot.
typedef struct apus_gp_curve {
    /// Index of its first point in the arrays of points.
    int32_t first;
    /// Its row of the results.
    int32_t row;
    int32_t count[APUS_GP_PASSBANDS];
    uint8_t band[APUS_GP_PASSBANDS];
    /// Variance of the process at the start of the search, in units of `unit` squared.
    double start_variance;
    /// Time from first to last point, days.
    double span;
    /// Power of two by which the fluxes were divided.
    double unit;

    /// theta0 less its start, and theta1.
    double shift, theta1;
    /// At the result, of the fluxes divided by `unit`, without n/2 ln 2 pi.
    double negative_log_likelihood;
    int32_t evaluations;
    int32_t status;
    /// How its grid is computed; the engine's own.
    bool interpolates;
} apus_gp_curve;

/// Points of all curves: days since the curve's first point, flux / unit, (squared error + jitter) / unit^2.
typedef struct apus_gp_points {
    const double *t, *flux, *noise;
} apus_gp_points;

/// A workspace, one thread's.
typedef struct apus_gp apus_gp;

/// `passbands` (1 to 6) wavelengths in Angstrom; `length` points of the grid, at least 1. Null when out of memory.
apus_gp *apus_gp_create(int32_t passbands, const double *wavelengths, int32_t length);
void apus_gp_destroy(apus_gp *gp);

/// Fits `count` curves and predicts `mean` (rows, length, passbands), and `deviation` of the same shape unless it is null.
///
/// A curve that ends otherwise than `APUS_GP_DONE` has zeros in its row of both. Allocates only when there are more or longer curves
/// than ever before; false when there is no memory. At most `APUS_GP_POINTS` points a curve and 2^24 curves.
bool apus_gp_regrid(
    apus_gp *gp, apus_isa isa, apus_gp_curve *curves, int32_t count, apus_gp_points points, double *mean, double *deviation);

/// The same by code of 8 doubles a vector in AVX2 registers, so that a machine without AVX-512 can test that width.
bool apus_gp_regrid_wide(
    apus_gp *gp, apus_gp_curve *curves, int32_t count, apus_gp_points points, double *mean, double *deviation);

#endif
