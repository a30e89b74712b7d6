#ifndef APUS_INT8_COMMON_H
#define APUS_INT8_COMMON_H

#include "include/int8_kernels.h"

// Products and sums of floats are rounded one by one in every set: no fused multiply-add that another compiler would not make.
#pragma STDC FP_CONTRACT OFF

#define APUS_INLINE static inline __attribute__((always_inline))

// A[h] = round(255 * 2^(-h / 2)), but 0 in the last: what is 7.5 octaves down has no weight.
#define APUS_SOFTMAX_HALVES(X) \
    X(255), X(180), X(128), X(90), X(64), X(45), X(32), X(23), X(16), X(11), X(8), X(6), X(4), X(3), X(2), X(0)
// B[l] = round(127 * 2^(-l / 32)).
#define APUS_SOFTMAX_STEPS(X, a)                                                                                        \
    X(a, 127), X(a, 124), X(a, 122), X(a, 119), X(a, 116), X(a, 114), X(a, 112), X(a, 109), X(a, 107), X(a, 105), X(a, 102), \
        X(a, 100), X(a, 98), X(a, 96), X(a, 94), X(a, 92)

/// exp(x) for x <= 0; see softmax.c.
float apus_exp_of_negative(float x);

APUS_INLINE size_t apus_rounded_up(size_t count, size_t unit) {
    return (count + unit - 1) / unit * unit;
}

#endif
