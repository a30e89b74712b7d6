// Runs every kernel of every instruction set linked in on random shapes and values, and compares the results bit by bit with the
// scalar kernels. Usage: sweep [rounds] [seed]

#include "int8_kernels.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST(X) X(apus_int8_scalar, APUS_ISA_SCALAR)
#if defined(__x86_64__)
#define OTHERS(X) X(apus_int8_avx2, APUS_ISA_AVX2) X(apus_int8_avxvnni, APUS_ISA_AVXVNNI) X(apus_int8_avx512, APUS_ISA_AVX512)
#else
#define OTHERS(X) X(apus_int8_neon, APUS_ISA_NEON)
#endif
#define DECLARE(name, isa) extern const apus_int8_kernels name;
LIST(DECLARE)
OTHERS(DECLARE)

static uint64_t state = 1;

// SplitMix64, Steele, Lea and Flood 2014.
static uint64_t next_random(void) {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int32_t pick(int32_t low, int32_t high) {
    return low + (int32_t)(next_random() % (uint64_t)((int64_t)high - low + 1));
}

// Small extents often, the largest sometimes.
static int32_t extent(int32_t low, int32_t high) {
    switch (pick(0, 3)) {
    case 0: return pick(low, high);
    case 1: return pick(low, low + (high - low) / 8);
    default: return pick(low, low + (high - low) / 32);
    }
}

static float real(float size) {
    return ((float)pick(-1000000, 1000000)) * 1e-6f * size;
}

static size_t up(size_t count, size_t unit) {
    return (count + unit - 1) / unit * unit;
}

static void *memory(size_t bytes) {
    void *p = aligned_alloc(64, up(bytes ? bytes : 1, 64));
    if (!p) abort();
    memset(p, 0x5a, up(bytes ? bytes : 1, 64));
    return p;
}

static float *reals(size_t count, float size) {
    float *p = memory(count * sizeof(float));
    for (size_t i = 0; i < count; i++) p[i] = real(size);
    return p;
}

// Activations as the set wants them, from the logical values.
static void *activations(const int16_t *values, size_t count, int32_t bytes) {
    int16_t *wide = memory(count * (size_t)bytes);
    for (size_t i = 0; i < count; i++) {
        if (bytes == 1) ((uint8_t *)wide)[i] = (uint8_t)values[i];
        else wide[i] = values[i];
    }
    return wide;
}

static bool same_integers(const void *expected, const void *found, int32_t bytes, size_t rows, size_t stride, size_t width) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t n = 0; n < width; n++) {
            int value = bytes == 1 ? ((const uint8_t *)found)[r * stride + n] : ((const int16_t *)found)[r * stride + n];
            if (((const int16_t *)expected)[r * stride + n] != value) return false;
        }
    }
    return true;
}

static apus_quantiser quantiser(int narrow, int32_t bytes) {
    apus_quantiser q = {real(1) * 40 + 41, 0, -32767, 32767, 2};
    if (narrow) q = (apus_quantiser){real(1) * 20 + 21, (float)(pick(0, 1) ? 0 : pick(1, 255)), 0, 255, bytes};
    return q;
}

typedef struct {
    apus_dense layer;
    void *memory[5];
} dense_case;

// The same weights for each set, packed as it wants them.
static dense_case dense_for(
    const apus_int8_kernels *set, int narrow, const int16_t *kernel, int32_t zero, int32_t inputs, int32_t outputs,
    float *multiplier, float *offset) {
    int32_t bytes = narrow ? set->narrow_bytes : 2;
    size_t rows = up((size_t)inputs, 4), columns = up((size_t)outputs, 16);
    void *weights = memory(rows * columns * (size_t)bytes);
    int32_t *sums = memory(columns * sizeof *sums);
    apus_pack_weights(kernel, inputs, outputs, bytes, weights, sums);
    for (size_t n = 0; n < columns; n++) sums[n] *= (narrow && set->is_offset ? 128 : 0) - zero;
    dense_case result = {{(int32_t)rows, (int32_t)columns, bytes, weights, sums, multiplier, offset}, {weights, sums}};
    return result;
}

static int16_t *kernel_for(int narrow, int32_t inputs, int32_t outputs) {
    int16_t *kernel = memory((size_t)inputs * (size_t)outputs * 2);
    int32_t limit = narrow ? 127 : INT32_MAX / 32767 / inputs;
    if (limit > 32767) limit = 32767;
    int extreme = pick(0, 7) == 0;
    for (int32_t i = 0; i < inputs * outputs; i++) kernel[i] = (int16_t)(extreme ? (pick(0, 1) ? limit : -limit) : pick(-limit, limit));
    return kernel;
}

static int16_t *values_for(int narrow, size_t count) {
    int16_t *values = memory(count * 2);
    int extreme = pick(0, 7) == 0;
    int32_t low = narrow ? 0 : -32767, high = narrow ? 255 : 32767;
    for (size_t i = 0; i < count; i++) values[i] = (int16_t)(extreme ? (pick(0, 1) ? low : high) : pick(low, high));
    return values;
}

static bool check_dense(const apus_int8_kernels *oracle, const apus_int8_kernels *set, bool with_norm) {
    int narrow = pick(0, 1), narrow_out = pick(0, 1);
    int32_t inputs = extent(1, 1024), outputs = extent(1, with_norm ? 256 : 1024), zero = narrow ? pick(0, 255) : 0;
    size_t rows = (size_t)extent(1, 130), columns = up((size_t)outputs, 16), x_stride = up((size_t)inputs, 16);
    int16_t *kernel = kernel_for(narrow, inputs, outputs), *values = values_for(narrow, rows * x_stride);
    float *multiplier = reals(columns, 1e-4f), *offset = reals(columns, 100), *hidden = reals(rows * columns, 10);
    float *copy = memory(rows * columns * 4), *gamma = reals(columns, 3), *beta = reals(columns, 3);
    memcpy(copy, hidden, rows * columns * 4);
    for (size_t n = (size_t)outputs; n < columns; n++) gamma[n] = beta[n] = 0;
    apus_layer_norm norm = {outputs, 1e-6f, gamma, beta};
    uint64_t before = state;
    apus_quantiser expected_output = quantiser(narrow_out, oracle->narrow_bytes);
    state = before;
    apus_quantiser output = quantiser(narrow_out, set->narrow_bytes);
    dense_case expected_case = dense_for(oracle, narrow, kernel, zero, inputs, outputs, multiplier, offset);
    dense_case found_case = dense_for(set, narrow, kernel, zero, inputs, outputs, multiplier, offset);
    void *x = activations(values, rows * x_stride, found_case.layer.bytes);
    void *expected = memory(rows * columns * 2), *found = memory(rows * columns * 2);
    bool same;
    if (with_norm) {
        oracle->dense_add_norm(&expected_case.layer, values, x_stride, rows, hidden, &norm, &expected_output, expected, columns);
        set->dense_add_norm(&found_case.layer, x, x_stride, rows, copy, &norm, &output, found, columns);
        same = memcmp(hidden, copy, rows * columns * 4) == 0;
    } else {
        oracle->dense(&expected_case.layer, values, x_stride, rows, &expected_output, expected, columns);
        set->dense(&found_case.layer, x, x_stride, rows, &output, found, columns);
        same = true;
    }
    same = same && same_integers(expected, found, output.bytes, rows, columns, columns);
    if (!same) printf("  %zu rows, %d x %d, narrow %d to %d\n", rows, inputs, outputs, narrow, narrow_out);
    void *all[] = {kernel, values, multiplier, offset, hidden, copy, gamma, beta, x, expected, found,
        expected_case.memory[0], expected_case.memory[1], found_case.memory[0], found_case.memory[1]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return same;
}

static bool check_plain_dense(const apus_int8_kernels *oracle, const apus_int8_kernels *set) {
    return check_dense(oracle, set, false);
}

static bool check_norm(const apus_int8_kernels *oracle, const apus_int8_kernels *set) {
    return check_dense(oracle, set, true);
}

static bool check_float_dense(const apus_int8_kernels *oracle, const apus_int8_kernels *set) {
    int32_t inputs = extent(1, 64), narrow = pick(0, 1);
    size_t outputs = up((size_t)extent(1, 256), 16), rows = (size_t)extent(1, 130);
    float *x = reals(rows * (size_t)inputs, 5), *kernel = reals((size_t)inputs * outputs, 2), *bias = reals(outputs, 2);
    float *position = reals(rows * outputs, 1), *first = memory(rows * outputs * 4), *second = memory(rows * outputs * 4);
    void *expected = memory(rows * outputs * 2), *found = memory(rows * outputs * 2);
    apus_float_dense layer = {inputs, (int32_t)outputs, pick(0, 1), kernel, bias};
    uint64_t before = state;
    apus_quantiser expected_output = quantiser(narrow, oracle->narrow_bytes);
    state = before;
    apus_quantiser output = quantiser(narrow, set->narrow_bytes);
    bool has_output = pick(0, 1), has_position = pick(0, 1);
    oracle->float_dense(
        &layer, x, (size_t)inputs, rows, has_position ? position : 0, first, has_output ? &expected_output : 0, expected, outputs);
    set->float_dense(
        &layer, x, (size_t)inputs, rows, has_position ? position : 0, second, has_output ? &output : 0, found, outputs);
    bool same = memcmp(first, second, rows * outputs * 4) == 0
        && (!has_output || same_integers(expected, found, output.bytes, rows, outputs, outputs));
    void *all[] = {x, kernel, bias, position, first, second, expected, found};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return same;
}

static bool check_attention(const apus_int8_kernels *oracle, const apus_int8_kernels *set) {
    int32_t heads = extent(1, 32), dim = pick(0, 1) ? 2 : 2 * extent(1, 32), narrow = pick(0, 1);
    size_t length = (size_t)extent(1, 512), width = (size_t)(heads * dim), stride = up(3 * width, 16), y_stride = up(width, 16);
    // Two of these products per pair of features must not exceed 31 bits, nor 253 times a value for each key.
    int32_t limit = 32767, most = INT32_MAX / 253 / (int32_t)length;
    while ((int64_t)limit * limit * dim > INT32_MAX) limit--;
    if (most < limit) limit = most;
    int16_t *qkv = memory(length * stride * 2 + 64);
    int extreme = pick(0, 7) == 0;
    for (size_t i = 0; i < length * stride; i++) {
        qkv[i] = (int16_t)(extreme ? (pick(0, 1) ? limit : -limit) : pick(-limit, limit));
    }
    int32_t *shift = memory((size_t)heads * 4);
    for (int32_t h = 0; h < heads; h++) shift[h] = pick(1, 31);
    float *multiplier = reals(width, 1);
    size_t bytes = apus_attention_scratch(length, (size_t)dim);
    void *scratch = memory(bytes), *expected = memory(length * y_stride * 2), *found = memory(length * y_stride * 2);
    uint64_t before = state;
    apus_attention first = {heads, dim, shift, multiplier, quantiser(narrow, oracle->narrow_bytes)};
    state = before;
    apus_attention second = {heads, dim, shift, multiplier, quantiser(narrow, set->narrow_bytes)};
    oracle->attention(&first, qkv, stride, length, scratch, expected, y_stride);
    memset(scratch, 0x5a, bytes);
    set->attention(&second, qkv, stride, length, scratch, found, y_stride);
    bool same = same_integers(expected, found, second.output.bytes, length, y_stride, width);
    if (!same) printf("  length %zu, %d heads of %d\n", length, heads, dim);
    void *all[] = {qkv, shift, multiplier, scratch, expected, found};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return same;
}

static bool check_pool(const apus_int8_kernels *oracle, const apus_int8_kernels *set) {
    size_t length = (size_t)extent(1, 512), width = up((size_t)extent(1, 256), 16);
    float *hidden = reals(length * width, 10), *results[4];
    for (int i = 0; i < 4; i++) results[i] = memory(width * 4);
    bool has_largest = pick(0, 1);
    oracle->pool(hidden, length, width, results[0], has_largest ? results[1] : 0);
    set->pool(hidden, length, width, results[2], has_largest ? results[3] : 0);
    bool same = memcmp(results[0], results[2], width * 4) == 0 && memcmp(results[1], results[3], width * 4) == 0;
    for (int i = 0; i < 4; i++) free(results[i]);
    free(hidden);
    return same;
}

static bool check_float_attention(const apus_int8_kernels *oracle, const apus_int8_kernels *set) {
    size_t heads = (size_t)extent(1, 16), dim = pick(0, 1) ? 2 : (size_t)extent(1, 32), length = (size_t)extent(1, 300);
    size_t width = heads * dim, stride = up(3 * width, 16), y_stride = up(width, 16);
    float *qkv = reals(length * stride, pick(0, 1) ? 1 : 30), *first = memory(length * y_stride * 4);
    float *second = memory(length * y_stride * 4), scale = 1.0f / (float)dim;
    void *scratch = memory(apus_attention_scratch(length, dim));
    oracle->float_attention(heads, dim, scale, qkv, stride, length, scratch, first, y_stride);
    set->float_attention(heads, dim, scale, qkv, stride, length, scratch, second, y_stride);
    bool same = memcmp(first, second, length * y_stride * 4) == 0;
    void *all[] = {qkv, first, second, scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return same;
}

static bool check_add_norm(const apus_int8_kernels *oracle, const apus_int8_kernels *set) {
    int32_t extents = extent(1, 256);
    size_t width = up((size_t)extents, 16), rows = (size_t)extent(1, 130);
    float *hidden = reals(rows * width, 10), *branch = reals(rows * width, 1000), *gamma = reals(width, 2), *beta = reals(width, 2);
    float *copy = memory(rows * width * 4);
    memcpy(copy, hidden, rows * width * 4);
    for (size_t n = (size_t)extents; n < width; n++) gamma[n] = beta[n] = 0;
    apus_layer_norm norm = {extents, 1e-6f, gamma, beta};
    oracle->add_norm(hidden, branch, width, rows, &norm);
    set->add_norm(copy, branch, width, rows, &norm);
    bool same = memcmp(hidden, copy, rows * width * 4) == 0;
    void *all[] = {hidden, branch, gamma, beta, copy};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    return same;
}

typedef bool (*check)(const apus_int8_kernels *, const apus_int8_kernels *);

static int sweep(const char *name, apus_isa isa, const apus_int8_kernels *set, int rounds, uint64_t seed) {
    static const struct {
        const char *name;
        check run;
    } checks[] = {
        {"dense", check_plain_dense}, {"dense_add_norm", check_norm}, {"float_dense", check_float_dense},
        {"attention", check_attention}, {"pool", check_pool}, {"add_norm", check_add_norm}, {"float_attention", check_float_attention},
    };
#if !defined(APUS_EMULATED)
    if (!apus_isa_available(isa)) {
        printf("%s: this processor cannot run it\n", name);
        return 0;
    }
#endif
    (void)isa;
    int failures = 0;
    for (size_t c = 0; c < sizeof checks / sizeof *checks; c++) {
        int failed = 0;
        for (int round = 0; round < rounds; round++) {
            state = seed * 1000003u + (uint64_t)round * 7919u + c;
            if (!checks[c].run(&apus_int8_scalar, set)) failed++;
        }
        printf("%s %s: %d of %d shapes differ\n", name, checks[c].name, failed, rounds);
        failures += failed;
    }
    return failures;
}

int main(int count, char **arguments) {
    int rounds = count > 1 ? atoi(arguments[1]) : 200, failures = 0;
    uint64_t seed = count > 2 ? strtoull(arguments[2], 0, 10) : 1;
#define SWEEP(name, isa) failures += sweep(#name, isa, &name, rounds, seed);
    OTHERS(SWEEP)
    return failures > 0;
}
