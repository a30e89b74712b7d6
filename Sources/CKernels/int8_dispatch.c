#include "int8_common.h"

#include <string.h>

extern const apus_int8_kernels apus_int8_scalar;
#if defined(__x86_64__)
extern const apus_int8_kernels apus_int8_avx2, apus_int8_avxvnni, apus_int8_avx512;
#elif defined(__aarch64__)
extern const apus_int8_kernels apus_int8_neon;
#endif

const apus_int8_kernels *apus_int8_kernels_for(apus_isa isa) {
    if (!apus_isa_available(isa)) return 0;
    switch (isa) {
    case APUS_ISA_SCALAR: return &apus_int8_scalar;
#if defined(__x86_64__)
    case APUS_ISA_AVX2: return &apus_int8_avx2;
    case APUS_ISA_AVXVNNI: return &apus_int8_avxvnni;
    case APUS_ISA_AVX512: return &apus_int8_avx512;
    default: return 0;
#elif defined(__aarch64__)
    case APUS_ISA_NEON: return &apus_int8_neon;
    default: return 0;
#else
    default: return 0;
#endif
    }
}

size_t apus_attention_scratch(size_t length, size_t dim) {
    // A group of heads' keys (4 bytes a pair of features) and values (2 bytes a feature), 16 queries' scores (4 bytes) and one's
    // weights (2 bytes), in blocks of 64 keys; and 16 queries' sums of 16 lanes for each feature and the weights.
    size_t keys = apus_rounded_up(length, 64), pairs = apus_rounded_up(dim / 2, 16);
    // In float: 16 queries of `dim` features and their scores, which is less.
    return keys * (pairs * 8 + 16 * 4 + 2) + (dim + 1) * 16 * 64;
}

void apus_pack_weights(
    const int16_t *kernel, int32_t inputs, int32_t outputs, int32_t bytes, void *packed, int32_t *sums) {
    size_t group = 4 / (size_t)bytes, rows = apus_rounded_up((size_t)inputs, 4), columns = apus_rounded_up((size_t)outputs, 16);
    memset(packed, 0, rows * columns * (size_t)bytes);
    memset(sums, 0, columns * sizeof *sums);
    for (size_t k = 0; k < (size_t)inputs; k++) {
        for (size_t n = 0; n < (size_t)outputs; n++) {
            int16_t weight = kernel[k * (size_t)outputs + n];
            size_t index = n / 16 * 16 * rows + (k / group * 16 + n % 16) * group + k % group;
            if (bytes == 1) {
                ((int8_t *)packed)[index] = (int8_t)weight;
            } else {
                ((int16_t *)packed)[index] = weight;
            }
            sums[n] += weight;
        }
    }
}

#define WEIGHT(a, b) (((a) * (b) + 64) >> 7)
#define WEIGHTS(a) APUS_SOFTMAX_STEPS(WEIGHT, a)

const uint8_t apus_softmax_table[256] __attribute__((aligned(64))) = {APUS_SOFTMAX_HALVES(WEIGHTS)};
