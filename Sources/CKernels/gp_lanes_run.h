// The engine for one instruction set. The file that includes this defines GP_RUN, GP_DOUBLES (lanes of a vector of doubles) and
// GP_COLUMNS (columns of a block that is kept in registers, 2 or 4), and sets the target.

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang diagnostic ignored "-Wunused-function"

// Single precision, in twice as many lanes, for the first part of the search.
#define GP(name) gp32_##name
#define GP_REAL float
#define GP_INT int32_t
#define GP_WIDTH (2 * GP_DOUBLES)
#define GP_MAGIC 0x1.8p23f
#define GP_LN2_HIGH 0.693359375f
#define GP_LN2_LOW -2.1219444e-4f
#define GP_MANTISSA_BITS 23
#define GP_EXPONENT_BIAS 127
#define GP_EXP_LOWEST -86.0f
#define GP_EXP_COEFFICIENTS \
    {0.0083691484908563465866f, 0.041917507249615261098f, 0.1666650526040812349f, 0.49998869378303398111f, \
        1.0000000107715701384f, 1.000000075454897193f}
#include "gp_lanes_vector.h"
#include "gp_lanes_state.h"
#include "gp_lanes_matrix.h"
#include "gp_lanes_evaluate.h"
#include "gp_lanes_fit.h"
#include "gp_lanes_undefine.h"

// Double precision, for the rest of it and for the grid.
#define GP(name) gp64_##name
#define GP_REAL double
#define GP_INT int64_t
#define GP_WIDTH GP_DOUBLES
#define GP_MAGIC 0x1.8p52
#define GP_LN2_HIGH 0x1.62e42feep-1
#define GP_LN2_LOW 0x1.a39ef35793c76p-33
#define GP_MANTISSA_BITS 52
#define GP_EXPONENT_BIAS 1023
#define GP_EXP_LOWEST -700.0
#define GP_EXP_COEFFICIENTS \
    {2.7626357241447222855e-7, 2.764018079620985113e-6, 0.000024801504346997687255, 0.00019841170270440068401, \
        0.0013888888932488598181, 0.0083333333856677824706, 0.041666666666573142611, 0.16666666666554404471, \
        0.50000000000000056169, 1.0000000000000067423, 1.0}
#include "gp_lanes_vector.h"
#include "gp_lanes_state.h"
#include "gp_lanes_matrix.h"
#include "gp_lanes_evaluate.h"
#include "gp_lanes_fit.h"
#include "gp_lanes_interpolate.h"
#include "gp_lanes_predict.h"

void GP_RUN(const gp_task *task) {
    for (int32_t i = 0; i < task->count; i++) task->curves[i].interpolates = false;
    gp_sort(task);
    gp_search *searches = task->gp->searches;
    for (int32_t i = 0; i < task->count; i++) gp_search_begin(&searches[i]);
    gp32_fit(task);
    for (int32_t i = 0; i < task->count; i++) gp_search_resume(&searches[i]);
    gp64_fit(task);
    for (int32_t i = 0; i < task->count; i++) {
        apus_gp_curve *curve = &task->curves[i];
        curve->shift = searches[i].trial[0];
        curve->theta1 = searches[i].trial[1];
        curve->evaluations = searches[i].evaluations;
        curve->status = searches[i].failed ? APUS_GP_NOT_POSITIVE_DEFINITE : APUS_GP_DONE;
        curve->interpolates = gp64_interpolates(task->gp, curve);
    }
    gp_sort(task);
    gp64_predict(task);
}
