#include "int8_common.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define VL 4
#define TILE 4
#define HAS_DOT8 1
typedef int32x4_t VI;
typedef float32x4_t VF;
typedef int32x4_t VSHIFT;

APUS_INLINE VI vi_zero(void) { return vdupq_n_s32(0); }
APUS_INLINE VI vi_set1(int32_t x) { return vdupq_n_s32(x); }
APUS_INLINE VI vi_load(const void *p) { return vreinterpretq_s32_u8(vld1q_u8((const uint8_t *)p)); }
APUS_INLINE void vi_store(void *p, VI x) { vst1q_u8((uint8_t *)p, vreinterpretq_u8_s32(x)); }
APUS_INLINE VI vi_add16(VI a, VI b) {
    return vreinterpretq_s32_s16(vaddq_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b)));
}
APUS_INLINE VI vi_or(VI a, VI b) { return vorrq_s32(a, b); }
APUS_INLINE VI vi_sub(VI a, VI b) { return vsubq_s32(a, b); }
APUS_INLINE VI vi_max(VI a, VI b) { return vmaxq_s32(a, b); }
APUS_INLINE VI vi_and(VI a, VI b) { return vandq_s32(a, b); }
APUS_INLINE VI vi_shift_left(VI x, int count) { return vshlq_s32(x, vdupq_n_s32(count)); }
APUS_INLINE VSHIFT vi_shift_count(int32_t count) { return vdupq_n_s32(-count); }
APUS_INLINE VI vi_shift_right(VI x, VSHIFT count) {
    return vreinterpretq_s32_u32(vshlq_u32(vreinterpretq_u32_s32(x), count));
}

APUS_INLINE VI vi_dot16(VI acc, VI a, VI b) {
    int16x8_t x = vreinterpretq_s16_s32(a), w = vreinterpretq_s16_s32(b);
    int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(w));
    return vaddq_s32(acc, vpaddq_s32(low, vmull_high_s16(x, w)));
}

// The product is of signed by signed: activations are taken less 128, and `start` makes up for it.
APUS_INLINE VI vi_dot8(VI acc, VI a, VI b) {
    int8x16_t x = vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_s32(a), vdupq_n_u8(0x80)));
    return vdotq_s32(acc, x, vreinterpretq_s8_s32(b));
}

APUS_INLINE VF vf_set1(float x) { return vdupq_n_f32(x); }
APUS_INLINE VF vf_load(const float *p) { return vld1q_f32(p); }
APUS_INLINE void vf_store(float *p, VF x) { vst1q_f32(p, x); }
APUS_INLINE VF vf_add(VF a, VF b) { return vaddq_f32(a, b); }
APUS_INLINE VF vf_sub(VF a, VF b) { return vsubq_f32(a, b); }
APUS_INLINE VF vf_mul(VF a, VF b) { return vmulq_f32(a, b); }
APUS_INLINE VF vf_div(VF a, VF b) { return vdivq_f32(a, b); }
APUS_INLINE VF vf_and(VF a, VF b) {
    return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b)));
}
// a where it is the larger (smaller), else b: b where a is not a number.
APUS_INLINE VF vf_max(VF a, VF b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
APUS_INLINE VF vf_min(VF a, VF b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
APUS_INLINE VF vf_relu(VF x) { return vbslq_f32(vcltq_f32(x, vdupq_n_f32(0)), vdupq_n_f32(0), x); }
APUS_INLINE VF vf_power_of_2(VI n) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23));
}
APUS_INLINE VF vf_of_vi(VI x) { return vcvtq_f32_s32(x); }
APUS_INLINE VI vi_of_vf(VF x) { return vcvtnq_s32_f32(x); }

APUS_INLINE void store_narrow(uint8_t *to, const VI x[4], int bytes) {
    int16x8_t low = vcombine_s16(vqmovn_s32(x[0]), vqmovn_s32(x[1]));
    int16x8_t high = vcombine_s16(vqmovn_s32(x[2]), vqmovn_s32(x[3]));
    if (bytes == 1) {
        vst1q_u8(to, vcombine_u8(vqmovun_s16(low), vqmovun_s16(high)));
    } else {
        vst1q_s16((int16_t *)to, low);
        vst1q_s16((int16_t *)to + 8, high);
    }
}

APUS_INLINE float sum_of_16(const VF lanes[4]) {
    float32x4_t four = vaddq_f32(vaddq_f32(lanes[0], lanes[2]), vaddq_f32(lanes[1], lanes[3]));
    float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

APUS_INLINE float inverse_sqrt(float x) {
    return vget_lane_f32(vdiv_f32(vdup_n_f32(1), vsqrt_f32(vdup_n_f32(x))), 0);
}

APUS_INLINE void vi_halves(VI a, VI b, VI *low, VI *high) {
    *low = vreinterpretq_s32_s16(vuzp1q_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b)));
    *high = vreinterpretq_s32_s16(vuzp2q_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b)));
}

APUS_INLINE VI low_halves(VI a, VI b) {
    return vreinterpretq_s32_s64(vtrn1q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}
APUS_INLINE VI high_halves(VI a, VI b) {
    return vreinterpretq_s32_s64(vtrn2q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

APUS_INLINE void transpose(VI rows[4]) {
    VI a = vtrn1q_s32(rows[0], rows[1]), b = vtrn2q_s32(rows[0], rows[1]);
    VI c = vtrn1q_s32(rows[2], rows[3]), d = vtrn2q_s32(rows[2], rows[3]);
    rows[0] = low_halves(a, c);
    rows[1] = low_halves(b, d);
    rows[2] = high_halves(a, c);
    rows[3] = high_halves(b, d);
}

APUS_INLINE uint16x4_t narrowed(VI steps) { return vqmovn_u32(vreinterpretq_u32_s32(steps)); }

// The table in 16 registers, looked up a quarter at a time; a look-up beyond its quarter leaves what was there.
APUS_INLINE void softmax_weights(const VI steps[4], VI *even, VI *odd) {
    uint8x8_t low = vqmovn_u16(vcombine_u16(narrowed(steps[0]), narrowed(steps[1])));
    uint8x8_t high = vqmovn_u16(vcombine_u16(narrowed(steps[2]), narrowed(steps[3])));
    uint8x16_t index = vcombine_u8(low, high), weights = vdupq_n_u8(0);
    for (int quarter = 0; quarter < 4; quarter++) {
        weights = vqtbx4q_u8(weights, vld1q_u8_x4(apus_softmax_table + 64 * quarter), index);
        index = vsubq_u8(index, vdupq_n_u8(64));
    }
    *even = vreinterpretq_s32_u8(vandq_u8(weights, vreinterpretq_u8_u16(vdupq_n_u16(0xff))));
    *odd = vreinterpretq_s32_u16(vshrq_n_u16(vreinterpretq_u16_u8(weights), 8));
}

APUS_INLINE VI vi_sums_of_rows(const VI *rows) {
    return vpaddq_s32(vpaddq_s32(rows[0], rows[1]), vpaddq_s32(rows[2], rows[3]));
}
APUS_INLINE VI vi_maxima_of_rows(const VI *rows) {
    return vpmaxq_s32(vpmaxq_s32(rows[0], rows[1]), vpmaxq_s32(rows[2], rows[3]));
}

#include "int8_dense.h"
#include "int8_norm.h"
#include "int8_attention.h"
#include "float_dense.h"
#include "float_attention.h"

const apus_int8_kernels apus_int8_neon = {
    .narrow_bytes = 1,
    .is_offset = 1,
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
