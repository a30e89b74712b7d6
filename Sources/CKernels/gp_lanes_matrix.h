// Covariance matrices and their factors, in panels of four rows: element (i, j) of panel i / 4 at 4 j + i % 4.
//
// Each element is summed in one chain, in the order of the index that is summed over, wherever blocks begin and end. Padding adds
// exact zeros to a chain. So a lane's numbers do not depend on the padding, and with it not on the other lanes.

/// Variance and sqrt(3) / time scale.
typedef struct GP(kernel) {
    vec variance, rate;
} GP(kernel);

INLINE GP(kernel) GP(kernel_at)(const GP(state) * s, vec shift, vec theta1) {
    return (GP(kernel)){s->start_variance * GP(exp)(shift), GP(splat)((GP_REAL)1.7320508075688772) * GP(exp)(theta1 * (GP_REAL)-0.5)};
}

/// Fills the panels of K, and when `with_slope` those of 2 dK/dtheta1.
INLINE void GP(fill_either)(GP(state) * s, GP(kernel) kernel, bool with_slope) {
    vec variance = kernel.variance;
    for (int32_t i = 0; i < s->rows; i++) s->scaled[i] = kernel.rate * s->t[i];
    for (int32_t i = 0; i < s->rows; i += 4) {
        vec x[4];
        for (int r = 0; r < 4; r++) x[r] = i + r > 0 ? s->scaled[i + r - 1] - s->scaled[i + r] : GP(splat)(0);
        GP(exp_some)(x, 4);
        for (int r = 0; r < 4; r++) s->gap[i + r] = x[r];
    }
    for (int slot = 0; slot < s->slots; slot++) {
        for (int32_t i = s->begin[slot]; i < s->begin[slot + 1]; i++) {
            vec here = s->scaled[i];
            vec *row = s->factor + gp_panel(i >> 2) + (i & 3), *slope = s->slope + gp_panel(i >> 2) + (i & 3);
            for (int other = 0; other < slot; other++) {
                vec colour = s->colour[slot][other];
                // Four at a time; what is written past the end of the slot is overwritten by what follows, or is not read.
                for (int32_t j = s->begin[other]; j < s->begin[other + 1]; j += 4) {
                    vec squared[4], u[4], x[4];
                    for (int c = 0; c < 4; c++) {
                        vec distance = here - s->scaled[j + c];
                        squared[c] = distance * distance;
                        u[c] = __builtin_elementwise_sqrt(squared[c] + colour);
                        x[c] = -u[c];
                    }
                    GP(exp_some)(x, 4);
                    for (int c = 0; c < 4; c++) {
                        vec decay = variance * x[c];
                        row[4 * (j + c)] = GP(fma)(u[c], decay, decay);
                        if (with_slope) slope[4 * (j + c)] = squared[c] * decay;
                    }
                }
            }
            // exp(-|t_i - t_j|) within a slot is the product of those of the gaps between.
            vec gap = s->gap[i];
            if (i > s->begin[slot]) s->decay[i - 1] = variance;
            for (int32_t j = s->begin[slot]; j < i; j++) {
                vec decay = s->decay[j] * gap;
                s->decay[j] = decay;
                vec u = here - s->scaled[j];
                vec product = u * decay;
                row[4 * j] = product + decay;
                if (with_slope) slope[4 * j] = product * u;
            }
            row[4 * i] = GP(fma)(variance, s->real[i], s->diagonal[i]);
        }
    }
    for (int32_t i = s->begin[s->slots]; i < s->rows; i++) {
        vec *row = s->factor + gp_panel(i >> 2) + (i & 3), *slope = s->slope + gp_panel(i >> 2) + (i & 3);
        for (int32_t j = 0; j < i; j++) row[4 * j] = slope[4 * j] = GP(splat)(0);
        row[4 * i] = GP(splat)(1);
    }
}

OUTLINE void GP(fill)(GP(state) * s, GP(kernel) kernel) {
    GP(fill_either)(s, kernel, false);
}

OUTLINE void GP(fill_with_slope)(GP(state) * s, GP(kernel) kernel) {
    GP(fill_either)(s, kernel, true);
}

/// Solves four rows against the factor: overwrites `row` (columns, 4) by that of L, and fills s->four with that of L D.
INLINE void GP(solve_four)(GP(state) * s, vec *row, ptrdiff_t columns) {
    for (ptrdiff_t column = 0; column < columns; column += GP_COLUMNS) {
        const vec *other = s->factor + gp_panel(column >> 2) + (column & 3);
        vec acc[GP_COLUMNS][4];
        for (int c = 0; c < GP_COLUMNS; c++) {
            for (int r = 0; r < 4; r++) acc[c][r] = row[4 * (column + c) + r];
        }
        GP(tile)(acc, s->four, other, column);
        _Pragma("clang loop unroll(full)") for (int c = 0; c < GP_COLUMNS; c++) {
            _Pragma("clang loop unroll(full)") for (int k = 0; k < c; k++) {
                vec l = other[4 * (column + k) + c];
                for (int r = 0; r < 4; r++) acc[c][r] = GP(fnma)(acc[k][r], l, acc[c][r]);
            }
        }
        for (int c = 0; c < GP_COLUMNS; c++) {
            vec pivot = s->pivot[column + c];
            for (int r = 0; r < 4; r++) {
                s->four[4 * (column + c) + r] = acc[c][r];
                row[4 * (column + c) + r] = acc[c][r] * pivot;
            }
        }
    }
}

/// Overwrites K by L; returns ln det K.
OUTLINE vec GP(factorise)(GP(state) * s) {
    GP(product) determinant = {GP(splat)(1), (bits)0};
    s->positive = ~(bits)0;
    for (ptrdiff_t i = 0; 4 * i < s->rows; i++) {
        vec *row = s->factor + gp_panel(i);
        GP(solve_four)(s, row, 4 * i);
        vec *block = row + 16 * i, a[4][4];
        for (ptrdiff_t c = 0; c < 4; c += GP_COLUMNS) {
            vec acc[GP_COLUMNS][4];
            for (int k = 0; k < GP_COLUMNS; k++) {
                for (int r = 0; r < 4; r++) acc[k][r] = block[4 * (c + k) + r];
            }
            GP(tile)(acc, s->four, row + c, 4 * i);
            for (int k = 0; k < GP_COLUMNS; k++) {
                for (int r = 0; r < 4; r++) a[c + k][r] = acc[k][r];
            }
        }
        _Pragma("clang loop unroll(full)") for (int c = 0; c < 4; c++) {
            vec d = a[c][c];
            s->positive &= d > 0;
            GP(multiply)(&determinant, d);
            vec pivot = 1 / d;
            s->pivot[4 * i + c] = pivot;
            _Pragma("clang loop unroll(full)") for (int r = c + 1; r < 4; r++) {
                vec l = a[c][r] * pivot;
                block[4 * c + r] = l;
                for (int k = c + 1; k <= r; k++) {
                    vec lk = k == r ? l : block[4 * c + k];
                    a[k][r] = GP(fnma)(a[c][r], lk, a[k][r]);
                }
            }
        }
    }
    return GP(log_product)(determinant);
}

/// L^-1 of the factor, in panels of four columns.
OUTLINE void GP(invert)(GP(state) * s) {
    ptrdiff_t blocks = s->rows / 4;
    for (ptrdiff_t j = 0; j < blocks; j++) {
        vec *columns = GP(column_panel)(s, j);
        for (int r = 0; r < 4; r++) {
            for (int c = 0; c < 4; c++) columns[4 * r + c] = GP(splat)(r == c);
        }
        const vec *block = s->factor + gp_panel(j) + 16 * j;
        _Pragma("clang loop unroll(full)") for (int r = 1; r < 4; r++) {
            _Pragma("clang loop unroll(full)") for (int c = 0; c < r; c++) {
                vec sum = GP(splat)(0);
                for (int k = c; k < r; k++) sum = GP(fnma)(block[4 * k + r], columns[4 * k + c], sum);
                columns[4 * r + c] = sum;
            }
        }
        for (ptrdiff_t i = j + 1; i < blocks; i++) {
            const vec *row = s->factor + gp_panel(i) + 16 * j;
            const vec *diagonal = s->factor + gp_panel(i) + 16 * i;
            vec *target = columns + 16 * (i - j);
            for (int half = 0; half < 4; half += GP_COLUMNS) {
                vec acc[GP_COLUMNS][4];
                for (int c = 0; c < GP_COLUMNS; c++) {
                    for (int r = 0; r < 4; r++) acc[c][r] = GP(splat)(0);
                }
                // Above row `half` of their first block these columns are 0.
                GP(tile)(acc, row + 4 * half, columns + 4 * half + half, 4 * (i - j) - half);
                _Pragma("clang loop unroll(full)") for (int r = 0; r < 4; r++) {
                    _Pragma("clang loop unroll(full)") for (int k = 0; k < r; k++) {
                        for (int c = 0; c < GP_COLUMNS; c++) {
                            acc[c][r] = GP(fnma)(diagonal[4 * k + r], acc[c][k], acc[c][r]);
                        }
                    }
                    for (int c = 0; c < GP_COLUMNS; c++) target[4 * r + half + c] = acc[c][r];
                }
            }
        }
    }
}
