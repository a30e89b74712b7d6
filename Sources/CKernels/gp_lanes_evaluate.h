// The negative log-likelihood and its derivatives in every lane.

/// out = L^-1 in
OUTLINE void GP(apply_inverse)(const GP(state) * s, const vec *in, vec *out) {
    for (int32_t i = 0; i < s->rows; i++) out[i] = GP(splat)(0);
    for (ptrdiff_t j = 0; 4 * j < s->rows; j++) {
        const vec *columns = GP(column_panel)(s, j);
        vec a = in[4 * j], b = in[4 * j + 1], c = in[4 * j + 2], d = in[4 * j + 3];
        vec *target = out + 4 * j;
        for (ptrdiff_t k = 0; k < s->rows - 4 * j; k++) {
            vec sum = GP(fma)(columns[4 * k], a, target[k]);
            sum = GP(fma)(columns[4 * k + 1], b, sum);
            sum = GP(fma)(columns[4 * k + 2], c, sum);
            target[k] = GP(fma)(columns[4 * k + 3], d, sum);
        }
    }
}

/// s->w = L^-T D^-1 s->z
OUTLINE void GP(apply_transposed)(GP(state) * s) {
    for (ptrdiff_t j = 0; 4 * j < s->rows; j++) {
        const vec *columns = GP(column_panel)(s, j);
        vec sum[4] = {0};
        for (ptrdiff_t k = 0; k < s->rows - 4 * j; k++) {
            vec scaled = s->z[4 * j + k] * s->pivot[4 * j + k];
            for (int c = 0; c < 4; c++) sum[c] = GP(fma)(columns[4 * k + c], scaled, sum[c]);
        }
        for (int c = 0; c < 4; c++) s->w[4 * j + c] = sum[c];
    }
}

/// s->v = 2 dK/dtheta1 s->w, from the lower triangle; the diagonal is 0.
OUTLINE void GP(apply_slope)(GP(state) * s) {
    const vec *w = s->w;
    vec *v = s->v;
    for (int32_t i = 0; i < s->rows; i++) v[i] = GP(splat)(0);
    for (ptrdiff_t i = 0; 4 * i < s->rows; i++) {
        const vec *row = s->slope + gp_panel(i);
        vec sum[4] = {0}, here[4];
        for (int r = 0; r < 4; r++) here[r] = w[4 * i + r];
        for (ptrdiff_t j = 0; j < 4 * i; j++) {
            vec other = v[j];
            for (int r = 0; r < 4; r++) {
                sum[r] = GP(fma)(row[4 * j + r], w[j], sum[r]);
                other = GP(fma)(row[4 * j + r], here[r], other);
            }
            v[j] = other;
        }
        for (int r = 0; r < 4; r++) {
            for (int c = 0; c < r; c++) {
                vec element = row[4 * (4 * i + c) + r];
                sum[r] = GP(fma)(element, here[c], sum[r]);
                sum[c] = GP(fma)(element, here[r], sum[c]);
            }
        }
        for (int r = 0; r < 4; r++) v[4 * i + r] = sum[r];
    }
}

/// sum_k a_k b_k / D_k
INLINE vec GP(inner)(const GP(state) * s, const vec *a, const vec *b) {
    vec sum = GP(splat)(0);
    for (int32_t k = 0; k < s->rows; k++) sum = GP(fma)(a[k], b[k] * s->pivot[k], sum);
    return sum;
}

/// With P = K^-1: sum over i > j of P_ij 2 dK_ij/dtheta1, tr P N, and tr P N P N, N the noise.
typedef struct GP(traces) {
    vec slope, noise, noise_squared;
} GP(traces);

/// acc = - block of P at rows 4 i and columns `column`; s->four holds the columns 4 i of L^-1 divided by D.
INLINE void GP(precision_block)(const GP(state) * s, ptrdiff_t i, ptrdiff_t column, vec acc[GP_COLUMNS][4]) {
    ptrdiff_t j = column >> 2;
    for (int c = 0; c < GP_COLUMNS; c++) {
        for (int r = 0; r < 4; r++) acc[c][r] = GP(splat)(0);
    }
    GP(tile)(acc, s->four, GP(column_panel)(s, j) + 16 * (i - j) + (column & 3), s->rows - 4 * i);
}

/// Forms P block by block from L^-1 and keeps only its sums.
OUTLINE GP(traces) GP(contract)(GP(state) * s) {
    GP(traces) traces = {GP(splat)(0), GP(splat)(0), GP(splat)(0)};
    for (ptrdiff_t i = 0; 4 * i < s->rows; i++) {
        const vec *columns = GP(column_panel)(s, i), *slope = s->slope + gp_panel(i);
        for (ptrdiff_t k = 0; k < s->rows - 4 * i; k++) {
            for (int r = 0; r < 4; r++) s->four[4 * k + r] = columns[4 * k + r] * s->pivot[4 * i + k];
        }
        vec along[4] = {0}, squares[4] = {0}, diagonal[4];
        for (ptrdiff_t column = 0; column < 4 * i; column += GP_COLUMNS) {
            vec acc[GP_COLUMNS][4];
            GP(precision_block)(s, i, column, acc);
            _Pragma("clang loop unroll(full)") for (int c = 0; c < GP_COLUMNS; c++) {
                vec noise = s->noise[column + c];
                for (int r = 0; r < 4; r++) {
                    along[r] = GP(fma)(acc[c][r], slope[4 * (column + c) + r], along[r]);
                    squares[r] = GP(fma)(acc[c][r] * acc[c][r], noise, squares[r]);
                }
            }
        }
        _Pragma("clang loop unroll(full)") for (int first = 0; first < 4; first += GP_COLUMNS) {
            vec acc[GP_COLUMNS][4];
            GP(precision_block)(s, i, 4 * i + first, acc);
            _Pragma("clang loop unroll(full)") for (int c = 0; c < GP_COLUMNS; c++) {
                vec noise = s->noise[4 * i + first + c];
                diagonal[first + c] = acc[c][first + c];
                _Pragma("clang loop unroll(full)") for (int r = first + c + 1; r < 4; r++) {
                    along[r] = GP(fma)(acc[c][r], slope[4 * (4 * i + first + c) + r], along[r]);
                    squares[r] = GP(fma)(acc[c][r] * acc[c][r], noise, squares[r]);
                }
            }
        }
        for (int r = 0; r < 4; r++) {
            // The blocks have the wrong sign, and with them `along` and `diagonal`.
            vec noise = s->noise[4 * i + r], own = diagonal[r] * noise;
            traces.slope -= along[r];
            traces.noise -= own;
            traces.noise_squared = GP(fma)(own, own, traces.noise_squared);
            traces.noise_squared = GP(fma)(2 * noise, squares[r], traces.noise_squared);
        }
    }
    return traces;
}

/// Evaluates every lane at its own theta. `points`: how many points each lane's curve has.
static void GP(evaluate)(GP(state) * s, vec shift, vec theta1, vec points, gp_value values[GP_WIDTH]) {
    GP(kernel) kernel = GP(kernel_at)(s, shift, theta1);
    GP(fill_with_slope)(s, kernel);
    vec log_determinant = GP(factorise)(s);
    GP(invert)(s);
    GP(apply_inverse)(s, s->y, s->z);
    GP(apply_transposed)(s);
    GP(apply_slope)(s);
    vec wv = GP(splat)(0), wx = GP(splat)(0);
    for (int32_t i = 0; i < s->rows; i++) {
        s->x[i] = GP(fnma)(s->noise[i], s->w[i], s->y[i]);
        wx = GP(fma)(s->w[i], s->x[i], wx);
        wv = GP(fma)(s->w[i], s->v[i], wv);
    }
    GP(apply_inverse)(s, s->x, s->inverse_x);
    GP(apply_inverse)(s, s->v, s->inverse_v);
    GP(traces) traces = GP(contract)(s);

    GP_REAL half = (GP_REAL)0.5;
    vec value = half * (GP(inner)(s, s->z, s->z) + log_determinant);
    vec gradient0 = half * (points - traces.noise - wx);
    vec gradient1 = half * GP(fnma)(GP(splat)(half), wv, traces.slope);
    vec expected = half * (points - 2 * traces.noise + traces.noise_squared);
    vec curvature = gradient0 + GP(inner)(s, s->inverse_x, s->inverse_x) - expected;
    vec information01 = (GP_REAL)0.25 * GP(inner)(s, s->inverse_x, s->inverse_v);
    vec information11 = (GP_REAL)0.125 * GP(inner)(s, s->inverse_v, s->inverse_v);
    for (int lane = 0; lane < GP_WIDTH; lane++) {
        values[lane] = (gp_value){
            .value = s->positive[lane] ? value[lane] : __builtin_nan(""),
            .gradient = {gradient0[lane], gradient1[lane]},
            .curvature = curvature[lane],
            .information = {information01[lane], information11[lane]},
        };
    }
}
