// The mean of the fitted process on the grid, and its deviation.

/// Solves L D L^T w = y by substitution; returns y^T K^-1 y.
OUTLINE vec GP(solve)(GP(state) * s) {
    vec quadratic = GP(splat)(0);
    for (ptrdiff_t i = 0; i < s->rows; i++) {
        const vec *row = s->factor + gp_panel(i >> 2) + (i & 3);
        vec sum = s->y[i];
        for (ptrdiff_t j = 0; j < i; j++) sum = GP(fnma)(row[4 * j], s->z[j], sum);
        s->z[i] = sum;
        s->w[i] = sum * s->pivot[i];
        quadratic = GP(fma)(sum, s->w[i], quadratic);
    }
    for (ptrdiff_t i = s->rows - 1; i >= 0; i--) {
        const vec *row = s->factor + gp_panel(i >> 2) + (i & 3);
        vec value = s->w[i];
        for (ptrdiff_t j = 0; j < i; j++) s->w[j] = GP(fnma)(row[4 * j], value, s->w[j]);
    }
    return quadratic;
}

/// Adds to `grid` (length) what the points of `slot` give in their own passband, in units of the variance.
///
/// sum_j w_j (1 + u_j) exp(-u_j), u_j = rate |t - t_j|, by recurrences forwards and backwards from one grid point to the next.
OUTLINE void GP(add_own)(GP(state) * s, int slot, GP(kernel) kernel, GP(times) times, int32_t length, vec *grid) {
    for (int32_t g = 0; g < length; g++) {
        s->ahead[0][g] = s->ahead[1][g] = s->behind[0][g] = s->behind[1][g] = GP(splat)(0);
    }
    for (int32_t j = s->begin[slot]; j < s->begin[slot + 1]; j++) {
        vec t = s->t[j] * s->real[j]; // padding, with its weight of 0, at 0
        vec next = __builtin_elementwise_ceil(t / times.step);
        vec last = GP(splat)((GP_REAL)(length - 1));
        vec at = __builtin_elementwise_min(next, last), before = __builtin_elementwise_min(next - 1, last);
        vec time = length > 1 ? GP(select)(next >= last, times.span, next * times.step) : next * times.step;
        vec u_at = kernel.rate * (time - t);
        vec u_before = kernel.rate * (t - before * times.step);
        vec w_at = s->w[j] * GP(exp)(-u_at), w_before = s->w[j] * GP(exp)(-u_before);
        for (int lane = 0; lane < GP_WIDTH; lane++) {
            if (next[lane] <= last[lane]) {
                int32_t g = (int32_t)at[lane];
                s->ahead[0][g][lane] += w_at[lane];
                s->ahead[1][g][lane] += w_at[lane] * u_at[lane];
            }
            if (next[lane] >= 1) {
                int32_t g = (int32_t)before[lane];
                s->behind[0][g][lane] += w_before[lane];
                s->behind[1][g][lane] += w_before[lane] * u_before[lane];
            }
        }
    }
    vec stride = kernel.rate * times.step, decay = GP(exp)(-stride);
    vec a = GP(splat)(0), b = GP(splat)(0), c = a, d = a;
    for (int32_t g = 0; g < length; g++) {
        b = GP(fma)(GP(fma)(stride, a, b), decay, s->ahead[1][g]);
        a = GP(fma)(a, decay, s->ahead[0][g]);
        s->ahead[0][g] = a + b;
    }
    for (int32_t g = length - 1; g >= 0; g--) {
        d = GP(fma)(GP(fma)(stride, c, d), decay, s->behind[1][g]);
        c = GP(fma)(c, decay, s->behind[0][g]);
        grid[g] += s->ahead[0][g] + (c + d);
    }
}

/// Adds what the points of `slot` give in another passband.
OUTLINE void GP(add_other)(
    GP(state) * s, int slot, vec colour, GP(kernel) kernel, GP(times) times, int32_t length, vec *grid) {
    for (int32_t g = 0; g < length; g += 4) {
        vec here[4], sum[4];
        for (int r = 0; r < 4; r++) {
            here[r] = kernel.rate * GP(time)(times, g + r, length);
            sum[r] = grid[g + r];
        }
        for (int32_t j = s->begin[slot]; j < s->begin[slot + 1]; j++) {
            vec u[4], x[4];
            for (int r = 0; r < 4; r++) {
                vec distance = here[r] - s->scaled[j];
                u[r] = __builtin_elementwise_sqrt(GP(fma)(distance, distance, colour));
                x[r] = -u[r];
            }
            GP(exp_some)(x, 4);
            for (int r = 0; r < 4; r++) {
                vec weight = s->w[j] * x[r];
                sum[r] = GP(fma)(u[r], weight, sum[r]) + weight;
            }
        }
        for (int r = 0; r < 4; r++) grid[g + r] = sum[r];
    }
}

/// Deviation at four grid points of one passband: sqrt(k(x*, x*) - |D^-1/2 L^-1 k(x, x*)|^2).
OUTLINE void GP(deviation_of_four)(
    GP(state) * s, const vec *colour, GP(kernel) kernel, const vec *times, vec deviation[4]) {
    vec *rows = s->slope; // free by now
    for (int32_t j = 0; j < 4 * s->rows; j++) rows[j] = GP(splat)(0);
    for (int slot = 0; slot < s->slots; slot++) {
        for (int32_t j = s->begin[slot]; j < s->begin[slot + 1]; j++) {
            for (int r = 0; r < 4; r++) {
                vec distance = GP(fma)(kernel.rate, times[r], -s->scaled[j]);
                vec u = __builtin_elementwise_sqrt(GP(fma)(distance, distance, colour[slot]));
                vec decay = kernel.variance * GP(exp)(-u) * s->real[j];
                rows[4 * j + r] = GP(fma)(u, decay, decay);
            }
        }
    }
    GP(solve_four)(s, rows, s->rows);
    for (int r = 0; r < 4; r++) {
        vec variance = kernel.variance;
        for (int32_t j = 0; j < s->rows; j++) {
            variance = GP(fnma)(s->four[4 * j + r], rows[4 * j + r], variance);
        }
        deviation[r] = __builtin_elementwise_sqrt(__builtin_elementwise_max(variance, GP(splat)(0)));
    }
}

/// Predicts the curves of `order[from..<to]`, GP_WIDTH or fewer.
static void GP(predict_some)(GP(state) * s, const gp_task *task, int32_t from, int32_t to) {
    apus_gp *gp = task->gp;
    int32_t length = gp->length, passbands = gp->passbands;
    apus_gp_curve *curves[GP_WIDTH] = {0};
    bool is_new[GP_WIDTH] = {0};
    vec shift = GP(splat)(0), theta1 = GP(splat)(0), unit = GP(splat)(1);
    GP(times) times = {GP(splat)(1), GP(splat)((GP_REAL)(length - 1))};
    vec colour[APUS_GP_PASSBANDS][APUS_GP_PASSBANDS] = {0};
    for (int lane = 0; lane < GP_WIDTH; lane++) is_new[lane] = true;
    for (int lane = 0; lane < to - from; lane++) {
        apus_gp_curve *curve = curves[lane] = &task->curves[gp->order[from + lane] & GP_INDEX_MASK];
        shift[lane] = (GP_REAL)curve->shift;
        theta1[lane] = (GP_REAL)curve->theta1;
        unit[lane] = (GP_REAL)curve->unit;
        times.span[lane] = (GP_REAL)curve->span;
        times.step[lane] = (GP_REAL)(curve->span / (length > 1 ? length - 1 : 1));
        for (int target = 0; target < passbands; target++) {
            for (int slot = 0; slot < passbands; slot++) {
                double distance = (gp->wavelength[curve->band[target]] - gp->wavelength[curve->band[slot]]) / 6000;
                colour[target][slot][lane] = (GP_REAL)(3 * (distance * distance));
            }
        }
    }
    GP(arrange)(s, curves, is_new, task);
    GP(kernel) kernel = GP(kernel_at)(s, shift, theta1);
    GP(fill)(s, kernel);
    vec log_determinant = GP(factorise)(s);
    vec value = (GP_REAL)0.5 * (GP(solve)(s) + log_determinant);
    bool interpolates = curves[0]->interpolates;
    vec scale = kernel.variance * unit, nothing = GP(splat)(0);
    for (int target = 0; target < passbands; target++) {
        vec *grid = s->grid + (ptrdiff_t)target * gp_grid_stride(length);
        for (int32_t g = 0; g < gp_grid_stride(length); g++) grid[g] = GP(splat)(0);
        for (int slot = 0; slot < s->slots && !interpolates; slot++) {
            if (slot != target) GP(add_other)(s, slot, colour[target][slot], kernel, times, length, grid);
        }
    }
    if (interpolates) GP(add_others)(s, colour, kernel, times, gp);
    for (int target = 0; target < passbands; target++) {
        vec *grid = s->grid + (ptrdiff_t)target * gp_grid_stride(length);
        if (target < s->slots) GP(add_own)(s, target, kernel, times, length, grid);
        for (int32_t g = 0; g < length; g++) {
            grid[g] *= scale;
            nothing = GP(fma)(grid[g], GP(splat)(0), nothing);
        }
    }
    for (int lane = 0; lane < to - from; lane++) {
        apus_gp_curve *curve = curves[lane];
        ptrdiff_t size = (ptrdiff_t)length * passbands;
        double *mean = task->mean + curve->row * size;
        curve->negative_log_likelihood = value[lane];
        if (!s->positive[lane]) {
            curve->status = APUS_GP_NOT_POSITIVE_DEFINITE;
        } else if (nothing[lane] != 0 || !(value[lane] - value[lane] == 0)) {
            curve->status = APUS_GP_NOT_FINITE;
        }
        if (curve->status != APUS_GP_DONE) {
            for (ptrdiff_t i = 0; i < size; i++) mean[i] = 0;
            for (ptrdiff_t i = 0; i < size && task->deviation; i++) task->deviation[curve->row * size + i] = 0;
            continue;
        }
        for (int target = 0; target < passbands; target++) {
            const vec *grid = s->grid + (ptrdiff_t)target * gp_grid_stride(length);
            for (int32_t g = 0; g < length; g++) mean[g * passbands + curve->band[target]] = grid[g][lane];
        }
    }
    if (!task->deviation) return;
    for (int target = 0; target < passbands; target++) {
        for (int32_t g = 0; g < length; g += 4) {
            vec at[4], deviation[4];
            for (int r = 0; r < 4; r++) at[r] = GP(time)(times, g + r < length ? g + r : length - 1, length);
            GP(deviation_of_four)(s, colour[target], kernel, at, deviation);
            for (int lane = 0; lane < to - from; lane++) {
                if (curves[lane]->status != APUS_GP_DONE) continue;
                double *row = task->deviation + (ptrdiff_t)curves[lane]->row * length * passbands;
                for (int r = 0; r < 4 && g + r < length; r++) {
                    row[(g + r) * passbands + curves[lane]->band[target]] = deviation[r][lane] * unit[lane];
                }
            }
        }
    }
}

static void GP(predict)(const gp_task *task) {
    int32_t count = task->count;
    GP(state) state = {0};
    GP(carve)(&state, task->gp);
    for (int32_t from = 0, to; from < count; from = to) {
        bool interpolates = task->curves[task->gp->order[from] & GP_INDEX_MASK].interpolates;
        for (to = from; to < count && to < from + GP_WIDTH; to++) {
            if (task->curves[task->gp->order[to] & GP_INDEX_MASK].interpolates != interpolates) break;
        }
        GP(predict_some)(&state, task, from, to);
    }
}
