// Vectors of 256 bits: what int8_dense.h and int8_attention.h need, for AVX2 and, with vi_dot16 and vi_dot8 of its own, AVX-VNNI.
// Included inside the attribute that names the instruction set.

#define VL 8
#define TILE 2
typedef __m256i VI;
typedef __m256 VF;
typedef __m128i VSHIFT;

#define ITSELF(x) x
#define SECOND(a, b) b
static const uint8_t softmax_halves[16] = {APUS_SOFTMAX_HALVES(ITSELF)};
static const uint8_t softmax_steps[16] = {APUS_SOFTMAX_STEPS(SECOND, 0)};

APUS_INLINE VI vi_zero(void) { return _mm256_setzero_si256(); }
APUS_INLINE VI vi_set1(int32_t x) { return _mm256_set1_epi32(x); }
APUS_INLINE VI vi_load(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
APUS_INLINE void vi_store(void *p, VI x) { _mm256_storeu_si256((__m256i *)p, x); }
APUS_INLINE VI vi_add(VI a, VI b) { return _mm256_add_epi32(a, b); }
APUS_INLINE VI vi_add16(VI a, VI b) { return _mm256_add_epi16(a, b); }
APUS_INLINE VI vi_or(VI a, VI b) { return _mm256_or_si256(a, b); }
APUS_INLINE VI vi_sub(VI a, VI b) { return _mm256_sub_epi32(a, b); }
APUS_INLINE VI vi_max(VI a, VI b) { return _mm256_max_epi32(a, b); }
APUS_INLINE VI vi_and(VI a, VI b) { return _mm256_and_si256(a, b); }
APUS_INLINE VI vi_shift_left(VI x, int count) { return _mm256_slli_epi32(x, count); }
APUS_INLINE VSHIFT vi_shift_count(int32_t count) { return _mm_cvtsi32_si128(count); }
APUS_INLINE VI vi_shift_right(VI x, VSHIFT count) { return _mm256_srl_epi32(x, count); }

APUS_INLINE VF vf_set1(float x) { return _mm256_set1_ps(x); }
APUS_INLINE VF vf_load(const float *p) { return _mm256_loadu_ps(p); }
APUS_INLINE void vf_store(float *p, VF x) { _mm256_storeu_ps(p, x); }
APUS_INLINE VF vf_add(VF a, VF b) { return _mm256_add_ps(a, b); }
APUS_INLINE VF vf_sub(VF a, VF b) { return _mm256_sub_ps(a, b); }
APUS_INLINE VF vf_mul(VF a, VF b) { return _mm256_mul_ps(a, b); }
APUS_INLINE VF vf_div(VF a, VF b) { return _mm256_div_ps(a, b); }
APUS_INLINE VF vf_and(VF a, VF b) { return _mm256_and_ps(a, b); }
// a where it is the larger (smaller), else b: b where a is not a number.
APUS_INLINE VF vf_max(VF a, VF b) { return _mm256_max_ps(a, b); }
APUS_INLINE VF vf_min(VF a, VF b) { return _mm256_min_ps(a, b); }
APUS_INLINE VF vf_relu(VF x) { return _mm256_max_ps(_mm256_setzero_ps(), x); }
APUS_INLINE VF vf_power_of_2(VI n) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}
APUS_INLINE VF vf_of_vi(VI x) { return _mm256_cvtepi32_ps(x); }
APUS_INLINE VI vi_of_vf(VF x) { return _mm256_cvtps_epi32(x); }

APUS_INLINE void store_narrow(uint8_t *to, const VI x[2], int bytes) {
    __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(x[0], x[1]), 0xd8);
    if (bytes == 1) {
        _mm_storeu_si128((__m128i *)to, _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
    } else {
        _mm256_storeu_si256((__m256i *)to, words);
    }
}

APUS_INLINE float sum_of_16(const VF lanes[2]) {
    __m256 eight = _mm256_add_ps(lanes[0], lanes[1]);
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

APUS_INLINE float inverse_sqrt(float x) {
    return _mm_cvtss_f32(_mm_div_ss(_mm_set_ss(1), _mm_sqrt_ss(_mm_set_ss(x))));
}

APUS_INLINE void vi_halves(VI a, VI b, VI *low, VI *high) {
    *low = _mm256_packs_epi32(
        _mm256_srai_epi32(_mm256_slli_epi32(a, 16), 16), _mm256_srai_epi32(_mm256_slli_epi32(b, 16), 16));
    *high = _mm256_packs_epi32(_mm256_srai_epi32(a, 16), _mm256_srai_epi32(b, 16));
}

APUS_INLINE void transpose(VI rows[8]) {
    VI pair[8], quad[8];
    for (int i = 0; i < 8; i += 2) {
        pair[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
        pair[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        quad[i] = _mm256_unpacklo_epi64(pair[i], pair[i + 2]);
        quad[i + 1] = _mm256_unpackhi_epi64(pair[i], pair[i + 2]);
        quad[i + 2] = _mm256_unpacklo_epi64(pair[i + 1], pair[i + 3]);
        quad[i + 3] = _mm256_unpackhi_epi64(pair[i + 1], pair[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        rows[i] = _mm256_permute2x128_si256(quad[i], quad[i + 4], 0x20);
        rows[i + 4] = _mm256_permute2x128_si256(quad[i], quad[i + 4], 0x31);
    }
}

// steps in four vectors; weight = (A[step / 16] B[step % 16] + 64) >> 7, A and B looked up byte by byte.
APUS_INLINE void softmax_weights(const VI steps[4], VI *even, VI *odd) {
    __m256i halves = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)softmax_halves));
    __m256i fine = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)softmax_steps));
    __m256i nibble = _mm256_set1_epi8(15), low = _mm256_set1_epi16(0xff), round = _mm256_set1_epi16(256);
    __m256i bytes = _mm256_packus_epi16(_mm256_packs_epi32(steps[0], steps[1]), _mm256_packs_epi32(steps[2], steps[3]));
    __m256i a = _mm256_shuffle_epi8(halves, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
    __m256i b = _mm256_shuffle_epi8(fine, _mm256_and_si256(bytes, nibble));
    // (x * 256 + 2^14) >> 15 is (x + 64) >> 7.
    *even = _mm256_mulhrs_epi16(_mm256_maddubs_epi16(_mm256_and_si256(a, low), b), round);
    *odd = _mm256_mulhrs_epi16(_mm256_maddubs_epi16(_mm256_andnot_si256(low, a), b), round);
}

// Halves a set of rows until one is left, always combining neighbours lane by lane.
#define COMBINE_ROWS(rows, combine)                                                                                  \
    do {                                                                                                             \
        VI pair[4], quad[2];                                                                                         \
        for (int i = 0; i < 4; i++) {                                                                                \
            pair[i] = combine(                                                                                       \
                _mm256_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]), _mm256_unpackhi_epi32(rows[2 * i], rows[2 * i + 1])); \
        }                                                                                                            \
        for (int i = 0; i < 2; i++) {                                                                                \
            quad[i] = combine(                                                                                       \
                _mm256_unpacklo_epi64(pair[2 * i], pair[2 * i + 1]), _mm256_unpackhi_epi64(pair[2 * i], pair[2 * i + 1])); \
        }                                                                                                            \
        return combine(                                                                                              \
            _mm256_permute2x128_si256(quad[0], quad[1], 0x20), _mm256_permute2x128_si256(quad[0], quad[1], 0x31));  \
    } while (0)

APUS_INLINE VI vi_sums_of_rows(const VI *rows) { COMBINE_ROWS(rows, vi_add); }
APUS_INLINE VI vi_maxima_of_rows(const VI *rows) { COMBINE_ROWS(rows, vi_max); }
