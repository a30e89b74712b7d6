#include "int8_common.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

#include "int8_lanes256.h"

#define HAS_DOT8 1

APUS_INLINE VI vi_dot16(VI acc, VI a, VI b) { return _mm256_dpwssd_avx_epi32(acc, a, b); }
APUS_INLINE VI vi_dot8(VI acc, VI a, VI b) { return _mm256_dpbusd_avx_epi32(acc, a, b); }

#include "int8_dense.h"
#include "int8_norm.h"
#include "int8_attention.h"
#include "float_dense.h"
#include "float_attention.h"

const apus_int8_kernels apus_int8_avxvnni = {
    .narrow_bytes = 1,
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
