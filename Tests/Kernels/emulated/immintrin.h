// Stands before the compiler's own <immintrin.h> when a file for an instruction set that this processor lacks is compiled to
// plain code: SIMDe does each intrinsic in C. What SIMDe 0.7.4 has not is written out below.
#ifndef APUS_EMULATED_IMMINTRIN_H
#define APUS_EMULATED_IMMINTRIN_H

#define SIMDE_NO_NATIVE
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

#include <math.h>

#define _mm256_dpwssd_avx_epi32(sum, a, b) simde_mm256_dpwssd_epi32(sum, a, b)
#define _mm256_dpbusd_avx_epi32(sum, a, b) simde_mm256_dpbusd_epi32(sum, a, b)

#define LANES(to, from, type, field, expression)                                  \
    to r;                                                                         \
    to##_private out;                                                             \
    from##_private in;                                                            \
    __builtin_memcpy(&in, &a, sizeof in);                                         \
    for (size_t i = 0; i < sizeof in / 4; i++) out.field[i] = (type)(expression); \
    __builtin_memcpy(&r, &out, sizeof r);                                         \
    return r

static inline simde__m512 _mm512_cvtepi32_ps(simde__m512i a) {
    LANES(simde__m512, simde__m512i, float, f32, in.i32[i]);
}

// A float that no int32 can hold becomes the most negative one, as the instruction has it.
static inline simde__m512i _mm512_cvtps_epi32(simde__m512 a) {
    LANES(simde__m512i, simde__m512, int32_t, i32, fabsf(in.f32[i]) < 0x1p31f ? (int32_t)rintf(in.f32[i]) : INT32_MIN);
}

static inline simde__m512i _mm512_srai_epi32(simde__m512i a, unsigned count) {
    LANES(simde__m512i, simde__m512i, int32_t, i32, in.i32[i] >> count);
}

static inline simde__m128i _mm512_cvtepi32_epi8(simde__m512i a) {
    LANES(simde__m128i, simde__m512i, int8_t, i8, in.i32[i]);
}

static inline simde__m256i _mm512_cvtepi32_epi16(simde__m512i a) {
    LANES(simde__m256i, simde__m512i, int16_t, i16, in.i32[i]);
}

static inline simde__m256 _mm512_extractf32x8_ps(simde__m512 a, int half) {
    simde__m256 r;
    __builtin_memcpy(&r, (const char *)&a + 32 * half, sizeof r);
    return r;
}

#endif
