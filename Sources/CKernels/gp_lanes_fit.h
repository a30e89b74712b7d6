// Fits: a lane whose curve is done takes the next one.

/// Fits all curves, in their order by shape, going on where their searches stand.
static void GP(fit)(const gp_task *task) {
    int32_t from = 0, to = task->count;
    GP(state) state = {0};
    GP(carve)(&state, task->gp);
    apus_gp_curve *curves[GP_WIDTH] = {0};
    gp_search *searches[GP_WIDTH] = {0};
    gp_value values[GP_WIDTH];
    vec shift = GP(splat)(0), theta1 = GP(splat)(0), points = GP(splat)(0);
    int32_t active = 0;
    while (from < to || active > 0) {
        bool is_new[GP_WIDTH] = {0}, changed = false;
        for (int lane = 0; lane < GP_WIDTH; lane++) {
            if (curves[lane]) continue;
            changed = true;
            if (from == to) continue;
            uint64_t index = task->gp->order[from++] & GP_INDEX_MASK;
            curves[lane] = &task->curves[index];
            searches[lane] = &task->gp->searches[index];
            is_new[lane] = true;
            active++;
            int32_t count = 0;
            for (int slot = 0; slot < task->gp->passbands; slot++) count += curves[lane]->count[slot];
            points[lane] = (GP_REAL)count;
        }
        if (changed) GP(arrange)(&state, curves, is_new, task);
        for (int lane = 0; lane < GP_WIDTH; lane++) {
            if (!curves[lane]) continue;
            shift[lane] = (GP_REAL)searches[lane]->trial[0];
            theta1[lane] = (GP_REAL)searches[lane]->trial[1];
        }
        GP(evaluate)(&state, shift, theta1, points, values);
        for (int lane = 0; lane < GP_WIDTH; lane++) {
            if (!curves[lane] || !gp_search_observe(searches[lane], &values[lane])) continue;
            curves[lane] = 0;
            active--;
        }
    }
}
