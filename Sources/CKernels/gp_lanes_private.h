#ifndef APUS_GP_LANES_PRIVATE_H
#define APUS_GP_LANES_PRIVATE_H

#include "gp_search.h"
#include "include/gp_lanes.h"

#include <stddef.h>

enum {
    /// Bytes of the widest vector; the workspace is laid out for it.
    GP_WIDEST = 64,
    /// Vectors a point has besides those in triangles; the arrays of `gp_state` and the two of four rows.
    GP_VECTORS_A_POINT = 24,
    /// Vectors a grid point has: two a passband, four for the recurrences, two in the table.
    GP_VECTORS_A_GRID_POINT = 2 * APUS_GP_PASSBANDS + 6,
    /// Grid points by which a function is interpolated.
    GP_NODES = 12,
};

struct apus_gp {
    int32_t passbands, length;
    double wavelength[APUS_GP_PASSBANDS];
    /// Room for vectors, for curves of `points` points (a multiple of 4).
    void *vectors;
    int32_t points;
    /// For `curves` curves: the order in which they are taken, and their searches.
    uint64_t *order;
    gp_search *searches;
    int32_t curves;
};

/// One call's arguments.
typedef struct gp_task {
    apus_gp *gp;
    apus_gp_curve *curves;
    int32_t count;
    apus_gp_points points;
    double *mean, *deviation;
} gp_task;

/// The low bits of an element of `order` are the curve's index.
enum { GP_INDEX_BITS = 24, GP_INDEX_MASK = (1 << GP_INDEX_BITS) - 1 };

/// Triangles are in panels of four rows, panel i with its 4 (i + 1) columns; this is where a panel begins, in vectors.
static inline ptrdiff_t gp_panel(ptrdiff_t i) {
    return 8 * i * (i + 1);
}

/// Vectors that a triangle takes; a block beyond it may be written.
static inline ptrdiff_t gp_triangle(int32_t points) {
    return gp_panel(points / 4) + 16;
}

/// Grid points of one passband, to a whole number of eights.
static inline int32_t gp_grid_stride(int32_t length) {
    return (length + 7) & ~7;
}

/// Vectors that three triangles and the arrays beside them take.
static inline size_t gp_vector_count(int32_t points, int32_t length) {
    return 3 * (size_t)gp_triangle(points) + GP_VECTORS_A_POINT * (size_t)(points + 4) +
        GP_VECTORS_A_GRID_POINT * (size_t)(gp_grid_stride(length) + GP_NODES);
}

void gp_run_scalar(const gp_task *task);
void gp_run_avx2(const gp_task *task);
void gp_run_avx512(const gp_task *task);
void gp_run_neon(const gp_task *task);
void gp_run_wide(const gp_task *task);

/// Orders the curves by how their grids are computed, and then by shape.
void gp_sort(const gp_task *task);

#endif
