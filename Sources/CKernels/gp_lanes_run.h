// The engine for one instruction set. The file that includes this defines GP_RUN, GP_DOUBLES (lanes of a vector of doubles) and
// GP_COLUMNS (columns of a block that is kept in registers, 2 or 4), and sets the target.

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang diagnostic ignored "-Wunused-function"

#define GP(name) gp64_##name
#define GP_REAL double
#define GP_REAL_(constant) constant
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
#include "gp_lanes_predict.h"

void GP_RUN(const gp_task *task) {
    gp_sort(task, 0);
    gp64_fit(task, 0, task->count, 1e-10);
    for (int32_t i = 0; i < task->count; i++) {
        const gp_search *search = &task->gp->searches[i];
        apus_gp_curve *curve = &task->curves[i];
        curve->shift = search->trial[0];
        curve->theta1 = search->trial[1];
        curve->evaluations = search->evaluations;
        curve->status = search->failed ? APUS_GP_NOT_POSITIVE_DEFINITE : APUS_GP_DONE;
    }
    gp64_predict(task, task->count);
}
