#include "gp_lanes_private.h"

#include <stdlib.h>
#include <string.h>

apus_gp *apus_gp_create(int32_t passbands, const double *wavelengths, int32_t length) {
    if (passbands < 1 || passbands > APUS_GP_PASSBANDS || length < 1) return 0;
    apus_gp *gp = calloc(1, sizeof *gp);
    if (!gp) return 0;
    gp->passbands = passbands;
    gp->length = length;
    memcpy(gp->wavelength, wavelengths, (size_t)passbands * sizeof *wavelengths);
    return gp;
}

void apus_gp_destroy(apus_gp *gp) {
    if (!gp) return;
    free(gp->vectors);
    free(gp->order);
    free(gp->searches);
    free(gp);
}

static bool reserve_points(apus_gp *gp, int32_t points) {
    points = (points + 3) & ~3;
    if (points <= gp->points) return true;
    size_t size = gp_vector_count(points, gp->length) * GP_WIDEST;
    void *vectors = aligned_alloc(GP_WIDEST, size);
    if (!vectors) return false;
    // Not filled: a batch of very different long curves reserves much more than it will touch.
    free(gp->vectors);
    gp->vectors = vectors;
    gp->points = points;
    return true;
}

static bool reserve_curves(apus_gp *gp, int32_t curves) {
    if (curves <= gp->curves) return true;
    uint64_t *order = realloc(gp->order, (size_t)curves * sizeof *order);
    if (order) gp->order = order;
    gp_search *searches = realloc(gp->searches, (size_t)curves * sizeof *searches);
    if (searches) gp->searches = searches;
    if (!order || !searches) return false;
    gp->curves = curves;
    return true;
}

/// Points of a curve, and of a group of lanes that holds any of the curves: the largest count of each slot together.
static int32_t points_of_a_group(const apus_gp_curve *curves, int32_t count) {
    int32_t most[APUS_GP_PASSBANDS] = {0}, sum = 0;
    for (int32_t i = 0; i < count; i++) {
        for (int slot = 0; slot < APUS_GP_PASSBANDS; slot++) {
            if (curves[i].count[slot] > most[slot]) most[slot] = curves[i].count[slot];
        }
    }
    for (int slot = 0; slot < APUS_GP_PASSBANDS; slot++) sum += most[slot];
    return sum;
}

void gp_sort(const gp_task *task) {
    uint64_t *order = task->gp->order;
    for (int32_t i = 0; i < task->count; i++) {
        const apus_gp_curve *curve = &task->curves[i];
        uint64_t points = 0;
        for (int slot = 0; slot < task->gp->passbands; slot++) points += (uint64_t)curve->count[slot];
        uint64_t key = (uint64_t)curve->interpolates << 8 | (points + 3) / 4;
        key = key << 10 | (uint64_t)curve->count[0];
        key = key << 10 | (uint64_t)curve->count[1];
        key = key << 8 | (uint64_t)(curve->count[2] & 0xff);
        order[i] = key << GP_INDEX_BITS | (uint64_t)i;
    }
    // Shell's method: in place, and there are few curves. Gaps by Ciura 2001, then times 2.25.
    static const int32_t gaps[] = {4591733, 2040770, 907009, 403115, 179162, 79627, 35390, 15729, 6990, 3107, 1381, 614,
        301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        int32_t gap = gaps[g];
        for (int32_t i = gap; i < task->count; i++) {
            uint64_t key = order[i];
            int32_t j = i;
            for (; j >= gap && order[j - gap] > key; j -= gap) order[j] = order[j - gap];
            order[j] = key;
        }
    }
}

static bool run(void (*engine)(const gp_task *), const gp_task *task) {
    if (task->count <= 0) return true;
    if (task->count > GP_INDEX_MASK) return false;
    if (!reserve_points(task->gp, points_of_a_group(task->curves, task->count)) || !reserve_curves(task->gp, task->count)) {
        return false;
    }
    engine(task);
    return true;
}

bool apus_gp_regrid(
    apus_gp *gp, apus_isa isa, apus_gp_curve *curves, int32_t count, apus_gp_points points, double *mean, double *deviation) {
    gp_task task = {gp, curves, count, points, mean, deviation};
    switch (isa) {
#if defined(__x86_64__)
    case APUS_ISA_AVX2:
    case APUS_ISA_AVXVNNI: return run(gp_run_avx2, &task);
    case APUS_ISA_AVX512: return run(gp_run_avx512, &task);
#elif defined(__aarch64__)
    case APUS_ISA_NEON: return run(gp_run_neon, &task);
#endif
    default: return run(gp_run_scalar, &task);
    }
}

bool apus_gp_regrid_wide(
    apus_gp *gp, apus_gp_curve *curves, int32_t count, apus_gp_points points, double *mean, double *deviation) {
    gp_task task = {gp, curves, count, points, mean, deviation};
#if defined(__x86_64__)
    if (apus_isa_available(APUS_ISA_AVX2)) return run(gp_run_wide, &task);
#endif
    return run(gp_run_scalar, &task);
}
