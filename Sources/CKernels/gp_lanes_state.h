// The curves that are in the lanes, and everything that is computed of them.

typedef struct GP(state) {
    /// Slots in use, rows in each (the most that any lane has), where each begins; rows in all, a multiple of 4.
    int32_t slots, count[APUS_GP_PASSBANDS], begin[APUS_GP_PASSBANDS + 1], rows;
    /// 3 dlambda^2 / 6000^2 between slots.
    vec colour[APUS_GP_PASSBANDS][APUS_GP_PASSBANDS];
    /// Variance at the start of the search.
    vec start_variance;
    // Arrays of rows have room for four more.
    /// (rows): time, flux, squared error (0 in padding), what the diagonal has besides the variance, 1 for a point and 0 for padding.
    vec *t, *y, *noise, *diagonal, *real;
    /// (rows): sqrt(3) t / time scale; exp(-distance to the row before); covariance of a row with those before it in its slot.
    vec *scaled, *gap, *decay;
    /// Panels of K, then of L in K = L D L^T, unit diagonal; of 2 dK/dtheta1; and of L^-1, by columns.
    vec *factor, *slope, *inverse;
    /// (rows): 1 / D.
    vec *pivot;
    /// (4, rows): L D of four rows; four columns of L^-1 divided by D.
    vec *four;
    /// (rows): L^-1 y, K^-1 y, (K - noise) K^-1 y, 2 dK/dtheta1 K^-1 y, and L^-1 times the two before.
    vec *z, *w, *x, *v, *inverse_x, *inverse_v;
    /// (passbands, length), and (length) each: sums that recurrences along the grid start from.
    vec *grid, *ahead[2], *behind[2];
    /// (passbands, length + GP_NODES): weights of the points, spread over the grid. (2 (length + GP_NODES)): covariances by grid steps.
    vec *spread, *table;
    /// Lanes whose matrix was positive definite.
    bits positive;
} GP(state);

/// Divides the workspace among the arrays, for curves of up to `rows` rows.
static void GP(carve)(GP(state) * s, const apus_gp *gp) {
    vec *next = gp->vectors;
    vec **rows[] = {&s->t, &s->y, &s->noise, &s->diagonal, &s->real, &s->scaled, &s->gap, &s->decay, &s->pivot, &s->z,
        &s->w, &s->x, &s->v, &s->inverse_x, &s->inverse_v};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        *rows[i] = next;
        next += gp->points + 4;
    }
    s->four = next;
    next += 4 * (ptrdiff_t)gp->points;
    vec **triangles[] = {&s->factor, &s->slope, &s->inverse};
    for (int i = 0; i < 3; i++) {
        *triangles[i] = next;
        next += gp_triangle(gp->points);
    }
    s->grid = next;
    next += (ptrdiff_t)gp_grid_stride(gp->length) * gp->passbands;
    vec **along[] = {&s->ahead[0], &s->ahead[1], &s->behind[0], &s->behind[1]};
    for (int i = 0; i < 4; i++) {
        *along[i] = next;
        next += gp_grid_stride(gp->length);
    }
    s->spread = next;
    next += (ptrdiff_t)(gp->length + GP_NODES) * gp->passbands;
    s->table = next;
}

/// Where the columns 4 j to 4 j + 3 of L^-1 begin, from row 4 j on.
INLINE vec *GP(column_panel)(const GP(state) * s, ptrdiff_t j) {
    return s->inverse + 4 * j * s->rows - 8 * j * (j - 1);
}

/// Puts a curve in a lane, or nothing. Padding is exactly neutral: uncorrelated with everything (so late is it), variance 1, flux 0.
static void GP(place)(GP(state) * s, int lane, const apus_gp_curve *curve, const gp_task *task) {
    int32_t row = 0, point = curve ? curve->first : 0;
    for (int slot = 0; slot < s->slots; slot++) {
        int32_t count = curve ? curve->count[slot] : 0;
        for (int32_t i = 0; i < s->count[slot]; i++, row++) {
            bool real = i < count;
            s->t[row][lane] = real ? (GP_REAL)task->points.t[point] : (GP_REAL)1e10 * (GP_REAL)(row + 1);
            s->y[row][lane] = real ? (GP_REAL)task->points.flux[point] : 0;
            s->noise[row][lane] = real ? (GP_REAL)task->points.noise[point] : 0;
            s->diagonal[row][lane] = real ? (GP_REAL)task->points.noise[point] : 1;
            s->real[row][lane] = real;
            point += real;
        }
        for (int other = 0; other < slot && curve; other++) {
            const double *wavelength = task->gp->wavelength;
            double distance = (wavelength[curve->band[slot]] - wavelength[curve->band[other]]) / 6000;
            GP_REAL colour = (GP_REAL)(3 * (distance * distance));
            s->colour[slot][other][lane] = s->colour[other][slot][lane] = colour;
        }
    }
    s->start_variance[lane] = curve ? (GP_REAL)curve->start_variance : 1;
}

/// Takes on the shape that fits all of `curves`, one a lane or null, and puts in their lanes those that are not there yet.
static void GP(arrange)(
    GP(state) * s, apus_gp_curve *const curves[GP_WIDTH], const bool is_new[GP_WIDTH], const gp_task *task) {
    int32_t count[APUS_GP_PASSBANDS] = {0}, slots = 0;
    for (int lane = 0; lane < GP_WIDTH; lane++) {
        for (int slot = 0; slot < task->gp->passbands && curves[lane]; slot++) {
            if (curves[lane]->count[slot] > count[slot]) count[slot] = curves[lane]->count[slot];
            if (count[slot] > 0 && slots < slot + 1) slots = slot + 1;
        }
    }
    bool same = slots == s->slots;
    for (int slot = 0; slot < slots; slot++) same = same && count[slot] == s->count[slot];
    if (!same) {
        s->slots = slots;
        int32_t row = 0;
        for (int slot = 0; slot < slots; slot++) {
            s->count[slot] = count[slot];
            s->begin[slot] = row;
            row += count[slot];
        }
        s->begin[slots] = row;
        s->rows = (row + 3) & ~3;
        for (; row < s->rows; row++) {
            s->y[row] = s->noise[row] = s->real[row] = GP(splat)(0);
            s->t[row] = s->diagonal[row] = GP(splat)(1);
        }
    }
    for (int lane = 0; lane < GP_WIDTH; lane++) {
        if (!same || is_new[lane]) GP(place)(s, lane, curves[lane], task);
    }
}
