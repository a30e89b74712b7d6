// What points give in passbands other than their own, by interpolation between grid points.
//
// The covariance of two passbands is a smooth function of time. So each point's weight may be spread over the grid points around
// it, and what is left is a convolution with the covariance at whole numbers of grid steps.

/// What one lane's grid is.
typedef struct GP(times) {
    vec step, span;
} GP(times);

INLINE vec GP(time)(GP(times) times, int32_t index, int32_t length) {
    return index == length - 1 && length > 1 ? times.span : (GP_REAL)index * times.step;
}

// PERF: at n = 30 the direct sums of `add_other` take 4 us of 15, this 1 us.

/// 1 / product of node q's distances to the other nodes.
static const GP_REAL GP(lagrange)[GP_NODES] = {
    1.0 / -39916800.0, 1.0 / 3628800.0, 1.0 / -725760.0, 1.0 / 241920.0, 1.0 / -120960.0, 1.0 / 86400.0,
    1.0 / -86400.0, 1.0 / 120960.0, 1.0 / -241920.0, 1.0 / 725760.0, 1.0 / -3628800.0, 1.0 / 39916800.0};

/// Spreads the weights of the points of `slot` over the grid: `spread` (length + GP_NODES) begins GP_NODES / 2 - 1 before it.
///
/// Each point's weight goes to the GP_NODES grid points around it, in the parts that Lagrange's formula gives them.
OUTLINE void GP(spread)(GP(state) * s, int slot, GP(times) times, int32_t length, vec *spread) {
    for (int32_t m = 0; m < length + GP_NODES; m++) spread[m] = GP(splat)(0);
    for (int32_t j = s->begin[slot]; j < s->begin[slot + 1]; j++) {
        vec position = s->t[j] * s->real[j] / times.step; // padding, with its weight of 0, at 0
        vec cell = __builtin_elementwise_floor(position);
        cell = __builtin_elementwise_min(cell, GP(splat)((GP_REAL)(length - 1)));
        vec place = position - cell + (GP_NODES / 2 - 1), before[GP_NODES], part[GP_NODES];
        // Products of the distances to the nodes before each, then to those after it.
        vec product = s->w[j];
        for (int q = 0; q < GP_NODES; q++) {
            before[q] = product;
            product *= place - (GP_REAL)q;
        }
        product = GP(splat)(1);
        for (int q = GP_NODES - 1; q >= 0; q--) {
            part[q] = before[q] * (product * GP(lagrange)[q]);
            product *= place - (GP_REAL)q;
        }
        for (int lane = 0; lane < GP_WIDTH; lane++) {
            int32_t m = (int32_t)cell[lane];
            for (int q = 0; q < GP_NODES; q++) spread[m + q][lane] += part[q][lane];
        }
    }
}

/// Fills s->table with (1 + u) exp(-u) at whole numbers of grid steps, from -(length + GP_NODES / 2 - 1) on.
OUTLINE void GP(tabulate)(GP(state) * s, vec colour, GP(kernel) kernel, GP(times) times, int32_t length) {
    int32_t centre = length + GP_NODES / 2 - 1;
    vec stride = kernel.rate * times.step;
    for (int32_t k = 0; k <= centre; k += 4) {
        vec u[4], x[4];
        for (int r = 0; r < 4; r++) {
            vec distance = (GP_REAL)(k + r) * stride;
            u[r] = __builtin_elementwise_sqrt(GP(fma)(distance, distance, colour));
            x[r] = -u[r];
        }
        GP(exp_some)(x, 4);
        for (int r = 0; r < 4; r++) {
            vec value = GP(fma)(u[r], x[r], x[r]);
            if (k + r <= centre) s->table[centre - k - r] = value;
            s->table[centre + k + r] = value;
        }
    }
}

/// Adds to `grid` (length) what spread weights give with the covariance in s->table.
OUTLINE void GP(convolve)(const GP(state) * s, const vec *spread, int32_t length, vec *grid) {
    // spread[m] is at grid point m - (GP_NODES / 2 - 1), table[k] is for k - (length + GP_NODES / 2 - 1) steps.
    for (int32_t g = 0; g < length; g += 8) {
        vec sum[8];
        _Pragma("clang loop unroll(full)") for (int r = 0; r < 8; r++) sum[r] = grid[g + r];
        const vec *table = s->table + g + length + GP_NODES - 2;
        for (int32_t m = 0; m < length + GP_NODES - 1; m++) {
            _Pragma("clang loop unroll(full)") for (int r = 0; r < 8; r++) {
                sum[r] = GP(fma)(spread[m], table[r - m], sum[r]);
            }
        }
        _Pragma("clang loop unroll(full)") for (int r = 0; r < 8; r++) grid[g + r] = sum[r];
    }
}

/// As `add_other` for all passbands and slots, by interpolation between grid points.
static void GP(add_others)(
    GP(state) * s, vec colour[][APUS_GP_PASSBANDS], GP(kernel) kernel, GP(times) times, const apus_gp *gp) {
    ptrdiff_t stride = gp_grid_stride(gp->length), size = gp->length + GP_NODES;
    for (int slot = 0; slot < s->slots; slot++) GP(spread)(s, slot, times, gp->length, s->spread + slot * size);
    for (int a = 0; a < gp->passbands; a++) {
        for (int b = a + 1; b < gp->passbands && a < s->slots; b++) {
            GP(tabulate)(s, colour[a][b], kernel, times, gp->length);
            GP(convolve)(s, s->spread + a * size, gp->length, s->grid + b * stride);
            if (b < s->slots) GP(convolve)(s, s->spread + b * size, gp->length, s->grid + a * stride);
        }
    }
}

/// Whether `add_others` is exact enough for a curve (within 2e-7 of its grid at the worst, 1e-10 mostly) and quicker.
static bool GP(interpolates)(const apus_gp *gp, const apus_gp_curve *curve) {
    int32_t points = 0;
    double nearest = __builtin_inf();
    for (int a = 0; a < gp->passbands; a++) {
        points += curve->count[a];
        for (int b = 0; b < a; b++) {
            double distance = __builtin_fabs(gp->wavelength[a] - gp->wavelength[b]) / 6000;
            if (distance < nearest) nearest = distance;
        }
    }
    if (18 * points < gp->passbands * (gp->length + GP_NODES) || gp->passbands < 2) return false;
    double step = curve->span / (gp->length - 1), scale = GP(exp)(GP(splat)(0.5 * curve->theta1))[0];
    return gp->length > 1 && step <= 0.2 * nearest * scale;
}
