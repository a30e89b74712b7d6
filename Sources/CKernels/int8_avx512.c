#include "int8_common.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512vbmi"))), apply_to = function)

#define VL 16
#define TILE 2
#define HAS_DOT8 1
typedef __m512i VI;
typedef __m512 VF;
typedef __m128i VSHIFT;

APUS_INLINE VI vi_zero(void) { return _mm512_setzero_si512(); }
APUS_INLINE VI vi_set1(int32_t x) { return _mm512_set1_epi32(x); }
APUS_INLINE VI vi_load(const void *p) { return _mm512_loadu_si512(p); }
APUS_INLINE void vi_store(void *p, VI x) { _mm512_storeu_si512(p, x); }
APUS_INLINE VI vi_add(VI a, VI b) { return _mm512_add_epi32(a, b); }
APUS_INLINE VI vi_add16(VI a, VI b) { return _mm512_add_epi16(a, b); }
APUS_INLINE VI vi_or(VI a, VI b) { return _mm512_or_si512(a, b); }
APUS_INLINE VI vi_sub(VI a, VI b) { return _mm512_sub_epi32(a, b); }
APUS_INLINE VI vi_max(VI a, VI b) { return _mm512_max_epi32(a, b); }
APUS_INLINE VI vi_dot16(VI acc, VI a, VI b) { return _mm512_dpwssd_epi32(acc, a, b); }
APUS_INLINE VI vi_dot8(VI acc, VI a, VI b) { return _mm512_dpbusd_epi32(acc, a, b); }
APUS_INLINE VI vi_and(VI a, VI b) { return _mm512_and_si512(a, b); }
APUS_INLINE VI vi_shift_left(VI x, unsigned count) { return _mm512_slli_epi32(x, count); }
APUS_INLINE VSHIFT vi_shift_count(int32_t count) { return _mm_cvtsi32_si128(count); }
APUS_INLINE VI vi_shift_right(VI x, VSHIFT count) { return _mm512_srl_epi32(x, count); }

APUS_INLINE VF vf_set1(float x) { return _mm512_set1_ps(x); }
APUS_INLINE VF vf_load(const float *p) { return _mm512_loadu_ps(p); }
APUS_INLINE void vf_store(float *p, VF x) { _mm512_storeu_ps(p, x); }
APUS_INLINE VF vf_add(VF a, VF b) { return _mm512_add_ps(a, b); }
APUS_INLINE VF vf_sub(VF a, VF b) { return _mm512_sub_ps(a, b); }
APUS_INLINE VF vf_mul(VF a, VF b) { return _mm512_mul_ps(a, b); }
APUS_INLINE VF vf_div(VF a, VF b) { return _mm512_div_ps(a, b); }
APUS_INLINE VF vf_and(VF a, VF b) { return _mm512_and_ps(a, b); }
// a where it is the larger (smaller), else b: b where a is not a number.
APUS_INLINE VF vf_max(VF a, VF b) { return _mm512_max_ps(a, b); }
APUS_INLINE VF vf_min(VF a, VF b) { return _mm512_min_ps(a, b); }
APUS_INLINE VF vf_relu(VF x) { return _mm512_max_ps(_mm512_setzero_ps(), x); }
APUS_INLINE VF vf_power_of_2(VI n) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(n, _mm512_set1_epi32(127)), 23));
}
APUS_INLINE VF vf_of_vi(VI x) { return _mm512_cvtepi32_ps(x); }
APUS_INLINE VI vi_of_vf(VF x) { return _mm512_cvtps_epi32(x); }

APUS_INLINE void store_narrow(uint8_t *to, const VI x[1], int bytes) {
    if (bytes == 1) {
        _mm_storeu_si128((__m128i *)to, _mm512_cvtepi32_epi8(x[0]));
    } else {
        _mm256_storeu_si256((__m256i *)to, _mm512_cvtepi32_epi16(x[0]));
    }
}

APUS_INLINE float sum_of_16(const VF lanes[1]) {
    __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lanes[0]), _mm512_extractf32x8_ps(lanes[0], 1));
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

APUS_INLINE float inverse_sqrt(float x) {
    return _mm_cvtss_f32(_mm_div_ss(_mm_set_ss(1), _mm_sqrt_ss(_mm_set_ss(x))));
}

APUS_INLINE void vi_halves(VI a, VI b, VI *low, VI *high) {
    *low = _mm512_packs_epi32(
        _mm512_srai_epi32(_mm512_slli_epi32(a, 16), 16), _mm512_srai_epi32(_mm512_slli_epi32(b, 16), 16));
    *high = _mm512_packs_epi32(_mm512_srai_epi32(a, 16), _mm512_srai_epi32(b, 16));
}

APUS_INLINE void transpose(VI rows[16]) {
    VI quad[16];
    for (int i = 0; i < 16; i += 4) {
        VI a = _mm512_unpacklo_epi32(rows[i], rows[i + 1]), b = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
        VI c = _mm512_unpacklo_epi32(rows[i + 2], rows[i + 3]), d = _mm512_unpackhi_epi32(rows[i + 2], rows[i + 3]);
        quad[i] = _mm512_unpacklo_epi64(a, c);
        quad[i + 1] = _mm512_unpackhi_epi64(a, c);
        quad[i + 2] = _mm512_unpacklo_epi64(b, d);
        quad[i + 3] = _mm512_unpackhi_epi64(b, d);
    }
    for (int i = 0; i < 4; i++) {
        VI a = _mm512_shuffle_i32x4(quad[i], quad[i + 4], 0x88), b = _mm512_shuffle_i32x4(quad[i], quad[i + 4], 0xdd);
        VI c = _mm512_shuffle_i32x4(quad[i + 8], quad[i + 12], 0x88), d = _mm512_shuffle_i32x4(quad[i + 8], quad[i + 12], 0xdd);
        rows[i] = _mm512_shuffle_i32x4(a, c, 0x88);
        rows[i + 4] = _mm512_shuffle_i32x4(b, d, 0x88);
        rows[i + 8] = _mm512_shuffle_i32x4(a, c, 0xdd);
        rows[i + 12] = _mm512_shuffle_i32x4(b, d, 0xdd);
    }
}

// The table in four registers: each permutation looks up half of it, the step's highest bit chooses.
APUS_INLINE void softmax_weights(const VI steps[4], VI *even, VI *odd) {
    __m512i bytes = _mm512_packus_epi16(_mm512_packs_epi32(steps[0], steps[1]), _mm512_packs_epi32(steps[2], steps[3]));
    __m512i near = _mm512_permutex2var_epi8(vi_load(apus_softmax_table), bytes, vi_load(apus_softmax_table + 64));
    __m512i far = _mm512_permutex2var_epi8(vi_load(apus_softmax_table + 128), bytes, vi_load(apus_softmax_table + 192));
    __m512i weights = _mm512_mask_blend_epi8(_mm512_movepi8_mask(bytes), near, far);
    *even = _mm512_and_si512(weights, _mm512_set1_epi16(0xff));
    *odd = _mm512_srli_epi16(weights, 8);
}

// Halves a set of 16 rows until one is left, always combining neighbours lane by lane.
#define COMBINE_ROWS(rows, combine)                                                                                  \
    do {                                                                                                             \
        VI quad[4], octet[2];                                                                                        \
        for (int i = 0; i < 4; i++) {                                                                                \
            const VI *r = rows + 4 * i;                                                                              \
            VI low = combine(_mm512_unpacklo_epi32(r[0], r[1]), _mm512_unpackhi_epi32(r[0], r[1]));                  \
            VI high = combine(_mm512_unpacklo_epi32(r[2], r[3]), _mm512_unpackhi_epi32(r[2], r[3]));                 \
            quad[i] = combine(_mm512_unpacklo_epi64(low, high), _mm512_unpackhi_epi64(low, high));                   \
        }                                                                                                            \
        for (int i = 0; i < 2; i++) {                                                                                \
            VI low = _mm512_shuffle_i32x4(quad[2 * i], quad[2 * i + 1], 0x88);                                       \
            octet[i] = combine(low, _mm512_shuffle_i32x4(quad[2 * i], quad[2 * i + 1], 0xdd));                       \
        }                                                                                                            \
        VI low = _mm512_shuffle_i32x4(octet[0], octet[1], 0x88);                                                     \
        return combine(low, _mm512_shuffle_i32x4(octet[0], octet[1], 0xdd));                                         \
    } while (0)

APUS_INLINE VI vi_sums_of_rows(const VI *rows) { COMBINE_ROWS(rows, vi_add); }
APUS_INLINE VI vi_maxima_of_rows(const VI *rows) { COMBINE_ROWS(rows, vi_max); }

#include "int8_dense.h"
#include "int8_norm.h"
#include "int8_attention.h"
#include "float_dense.h"
#include "float_attention.h"

const apus_int8_kernels apus_int8_avx512 = {
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
