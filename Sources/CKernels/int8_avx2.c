#include "int8_common.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "int8_lanes256.h"

// PERF: 8-bit operands are held in 16 bits. vpmaddubsw saturates for activations above 127, and with the vpmaddwd that must
// follow it a product of 32 pairs takes as many multiplier slots as two vpmaddwd, which are exact.
#define HAS_DOT8 0

APUS_INLINE VI vi_dot16(VI acc, VI a, VI b) { return _mm256_add_epi32(acc, _mm256_madd_epi16(a, b)); }

#include "int8_dense.h"
#include "int8_norm.h"
#include "int8_attention.h"
#include "float_dense.h"
#include "float_attention.h"

const apus_int8_kernels apus_int8_avx2 = {
    .narrow_bytes = 2,
    .dense = dense,
    .dense_add_norm = dense_add_norm,
    .float_dense = float_dense,
    .attention = attention,
    .pool = pool,
    .add_norm = add_norm,
    .peak = peak,
    .float_attention = float_attention,
};

#pragma clang attribute pop

#endif
