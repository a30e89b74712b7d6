// Dense layers, norms and pooling on whatever vectors the including file defines. Included once by each instruction set, after:
//
//   VL                     32-bit lanes of a vector; TILE, the vectors of one step across the outputs
//   VI, VF                 vectors of int32 and of float
//   vi_zero vi_set1 vi_load vi_store vi_dot16 vi_dot8 (vi_dot8 where HAS_DOT8)
//   vf_set1 vf_load vf_store vf_add vf_sub vf_mul vf_max vf_min vf_relu vf_of_vi vi_of_vf
//   store_narrow           16 lanes of int32 as 8 or 16 bits
//   sum_of_16              the sum of 16 running sums, halves added to halves
//   inverse_sqrt           1 / sqrt(x), both rounded

#define PER_16 (16 / VL)
#define UNROLLED _Pragma("clang loop unroll(full)")

// One step: `rows` rows by `vectors` vectors of outputs. Both are constants wherever it is called, so that everything unrolls
// and the accumulators stay in registers.
APUS_INLINE void accumulate(
    const apus_dense *layer, int bytes, int rows, int vectors, int32_t column, const uint8_t *x, size_t stride, VI acc[][TILE]) {
    size_t groups = (size_t)layer->inputs * (size_t)bytes / 4, tile_bytes = groups * 64;
    const uint8_t *w[TILE];
    for (int v = 0; v < vectors; v++) {
        size_t n = (size_t)(column + v * VL);
        w[v] = (const uint8_t *)layer->weights + n / 16 * tile_bytes + n % 16 * 4;
        for (int r = 0; r < rows; r++) acc[r][v] = vi_load(layer->start + n);
    }
    for (size_t g = 0; g < groups; g++) {
        VI weights[TILE];
        for (int v = 0; v < vectors; v++) weights[v] = vi_load(w[v] + g * 64);
        UNROLLED
        for (int r = 0; r < rows; r++) {
            int32_t group;
            __builtin_memcpy(&group, x + (size_t)r * stride + g * 4, 4);
            VI value = vi_set1(group);
            for (int v = 0; v < vectors; v++) {
#if HAS_DOT8
                acc[r][v] = bytes == 1 ? vi_dot8(acc[r][v], value, weights[v]) : vi_dot16(acc[r][v], value, weights[v]);
#else
                acc[r][v] = vi_dot16(acc[r][v], value, weights[v]);
#endif
            }
        }
    }
}

typedef struct {
    VF low, high;
} bounds;

APUS_INLINE bounds bounds_of(const apus_quantiser *output) {
    return (bounds){vf_set1(output->low), vf_set1(output->high)};
}

APUS_INLINE VI quantised(VF value, bounds limits) {
    return vi_of_vf(vf_min(vf_max(value, limits.low), limits.high));
}

// What becomes of the sums: 8 or 16-bit integers at `y`, or floats added to `hidden`; `mode` is a constant wherever it is used.
enum { TO_BYTES, TO_WORDS, TO_HIDDEN };

typedef struct {
    bounds limits;
    uint8_t *y;
    size_t y_stride;
    float *hidden;
    size_t hidden_stride;
} destination;

APUS_INLINE void dense_step(
    const apus_dense *layer, int bytes, int mode, int rows, int vectors, int32_t column, const uint8_t *x, size_t stride,
    size_t row, destination to) {
    VI acc[6][TILE];
    accumulate(layer, bytes, rows, vectors, column, x + row * stride, stride, acc);
    VF multiplier[TILE], offset[TILE];
    for (int v = 0; v < vectors; v++) {
        multiplier[v] = vf_load(layer->multiplier + column + v * VL);
        offset[v] = vf_load(layer->offset + column + v * VL);
    }
    UNROLLED
    for (int r = 0; r < rows; r++) {
        size_t at = row + (size_t)r, n = (size_t)column;
        UNROLLED
        for (int v = 0; v < vectors; v++) {
            VF value = vf_add(vf_mul(vf_of_vi(acc[r][v]), multiplier[v]), offset[v]);
            if (mode == TO_HIDDEN) {
                float *h = to.hidden + at * to.hidden_stride + n + (size_t)(v * VL);
                vf_store(h, vf_add(vf_load(h), value));
            } else {
                acc[r][v] = quantised(value, to.limits);
            }
        }
        UNROLLED
        for (int v = 0; v < vectors && mode != TO_HIDDEN; v += PER_16) {
            size_t width = mode == TO_BYTES ? 1 : 2;
            store_narrow(to.y + (at * to.y_stride + n + (size_t)(v * VL)) * width, &acc[r][v], (int)width);
        }
    }
}

APUS_INLINE void dense_columns(
    const apus_dense *layer, int bytes, int mode, int vectors, int32_t column, const uint8_t *x, size_t stride, size_t rows,
    destination to) {
    size_t row = 0;
    for (; row + 6 <= rows; row += 6) dense_step(layer, bytes, mode, 6, vectors, column, x, stride, row, to);
    if (rows - row >= 4) {
        dense_step(layer, bytes, mode, 4, vectors, column, x, stride, row, to);
        row += 4;
    }
    if (rows - row >= 2) {
        dense_step(layer, bytes, mode, 2, vectors, column, x, stride, row, to);
        row += 2;
    }
    if (row < rows) dense_step(layer, bytes, mode, 1, vectors, column, x, stride, row, to);
}

// Outputs outside, rows inside: a tile of weights stays in the first-level cache for all rows.
APUS_INLINE void dense_all(
    const apus_dense *layer, int bytes, int mode, const void *x, size_t x_stride, size_t rows, destination to) {
    size_t stride = x_stride * (size_t)bytes;
    int32_t column = 0;
    for (; column + TILE * VL <= layer->outputs; column += TILE * VL) {
        dense_columns(layer, bytes, mode, TILE, column, x, stride, rows, to);
    }
#if TILE * VL > 16
    if (column < layer->outputs) dense_columns(layer, bytes, mode, TILE / 2, column, x, stride, rows, to);
#endif
}

APUS_INLINE void dense_to(
    const apus_dense *layer, int mode, const void *x, size_t x_stride, size_t rows, destination to) {
#if HAS_DOT8
    if (layer->bytes == 1) {
        dense_all(layer, 1, mode, x, x_stride, rows, to);
        return;
    }
#endif
    dense_all(layer, 2, mode, x, x_stride, rows, to);
}

static void dense(
    const apus_dense *layer, const void *x, size_t x_stride, size_t rows, const apus_quantiser *output, void *y,
    size_t y_stride) {
    destination to = {bounds_of(output), y, y_stride, 0, 0};
    if (output->bytes == 1) {
        dense_to(layer, TO_BYTES, x, x_stride, rows, to);
    } else {
        dense_to(layer, TO_WORDS, x, x_stride, rows, to);
    }
}

// 16 floats, scaled and stored as integers.
APUS_INLINE void quantise_16(const VF value[PER_16], const apus_quantiser *output, uint8_t *y) {
    VF scale = vf_set1(output->inverse_scale), zero = vf_set1(output->zero_point);
    bounds limits = bounds_of(output);
    VI integers[PER_16];
    for (int v = 0; v < PER_16; v++) integers[v] = quantised(vf_add(vf_mul(value[v], scale), zero), limits);
    store_narrow(y, integers, output->bytes);
}

// One row of `blocks` times 16 features; `last` masks the features of the last block that exist.
APUS_INLINE void normalise(
    float *x, const apus_layer_norm *norm, size_t blocks, const float last[16], const apus_quantiser *output, uint8_t *y) {
    float inverse_width = 1.0f / (float)norm->width;
    VF sums[PER_16];
    for (size_t b = 0; b < blocks; b++) {
        for (int v = 0; v < PER_16; v++) {
            VF value = vf_load(x + b * 16 + (size_t)v * VL);
            if (b + 1 == blocks) value = vf_and(value, vf_load(last + v * VL));
            sums[v] = b == 0 ? vf_add(vf_set1(0), value) : vf_add(sums[v], value);
        }
    }
    VF mean = vf_set1(sum_of_16(sums) * inverse_width);
    for (size_t b = 0; b < blocks; b++) {
        for (int v = 0; v < PER_16; v++) {
            VF value = vf_sub(vf_load(x + b * 16 + (size_t)v * VL), mean);
            if (b + 1 == blocks) value = vf_and(value, vf_load(last + v * VL));
            vf_store(x + b * 16 + (size_t)v * VL, value);
            VF square = vf_mul(value, value);
            sums[v] = b == 0 ? square : vf_add(sums[v], square);
        }
    }
    VF inverse = vf_set1(inverse_sqrt(sum_of_16(sums) * inverse_width + norm->epsilon));
    for (size_t b = 0; b < blocks; b++) {
        VF values[PER_16];
        for (int v = 0; v < PER_16; v++) {
            size_t e = b * 16 + (size_t)v * VL;
            VF value = vf_mul(vf_mul(vf_load(x + e), inverse), vf_load(norm->gamma + e));
            values[v] = vf_add(value, vf_load(norm->beta + e));
            vf_store(x + e, values[v]);
        }
        if (output) quantise_16(values, output, y + b * 16 * (size_t)output->bytes);
    }
}

static void normalise_rows(
    float *hidden, size_t width, size_t rows, const apus_layer_norm *norm, const apus_quantiser *output, uint8_t *y,
    size_t y_stride) {
    uint32_t ones[16];
    float last[16];
    for (size_t lane = 0; lane < 16; lane++) ones[lane] = width - 16 + lane < (size_t)norm->width ? UINT32_MAX : 0;
    __builtin_memcpy(last, ones, sizeof last);
    for (size_t r = 0; r < rows; r++) {
        uint8_t *row = output ? y + r * y_stride * (size_t)output->bytes : 0;
        if (width == 32) {
            normalise(hidden + r * 32, norm, 2, last, output, row);
        } else {
            normalise(hidden + r * width, norm, width / 16, last, output, row);
        }
    }
}

static void dense_add_norm(
    const apus_dense *layer, const void *x, size_t x_stride, size_t rows, float *hidden, const apus_layer_norm *norm,
    const apus_quantiser *output, void *y, size_t y_stride) {
    size_t width = (size_t)layer->outputs;
    destination to = {bounds_of(output), 0, 0, hidden, width};
    dense_to(layer, TO_HIDDEN, x, x_stride, rows, to);
    normalise_rows(hidden, width, rows, norm, output, y, y_stride);
}

static void add_norm(float *hidden, const float *branch, size_t width, size_t rows, const apus_layer_norm *norm) {
    for (size_t i = 0; i < width * rows; i += VL) vf_store(hidden + i, vf_add(vf_load(hidden + i), vf_load(branch + i)));
    normalise_rows(hidden, width, rows, norm, 0, 0, 0);
}

static size_t peak(size_t rounds, int32_t bytes, int32_t *sum) {
    VI acc[12], value = vi_set1(0x01020304);
    for (int i = 0; i < 12; i++) acc[i] = vi_set1(i);
    for (size_t r = 0; r < rounds; r++) {
        UNROLLED
        for (int i = 0; i < 12; i++) {
#if HAS_DOT8
            acc[i] = bytes == 1 ? vi_dot8(acc[i], value, acc[i]) : vi_dot16(acc[i], value, acc[i]);
#else
            acc[i] = vi_dot16(acc[i], value, acc[i]);
#endif
        }
    }
    int32_t lanes[VL] __attribute__((aligned(64)));
    *sum = 0;
    for (int i = 0; i < 12; i++) {
        vi_store(lanes, acc[i]);
        *sum ^= lanes[0];
    }
    return rounds * 12 * VL * (size_t)(4 / bytes);
}

APUS_INLINE void float_dense_step(
    const apus_float_dense *layer, int rows, size_t n, const float *x, size_t x_stride, size_t row, const float *position,
    float *hidden, const apus_quantiser *output, uint8_t *y, size_t y_stride) {
    size_t outputs = (size_t)layer->outputs;
    VF acc[4][PER_16];
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < PER_16; v++) acc[r][v] = vf_load(layer->bias + n + (size_t)v * VL);
    }
    for (size_t k = 0; k < (size_t)layer->inputs; k++) {
        VF weights[PER_16];
        for (int v = 0; v < PER_16; v++) weights[v] = vf_load(layer->kernel + k * outputs + n + (size_t)v * VL);
        for (int r = 0; r < rows; r++) {
            VF value = vf_set1(x[(row + (size_t)r) * x_stride + k]);
            for (int v = 0; v < PER_16; v++) acc[r][v] = vf_add(acc[r][v], vf_mul(value, weights[v]));
        }
    }
    for (int r = 0; r < rows; r++) {
        size_t at = (row + (size_t)r) * outputs + n;
        for (int v = 0; v < PER_16; v++) {
            if (layer->relu) acc[r][v] = vf_relu(acc[r][v]);
            if (position) acc[r][v] = vf_add(acc[r][v], vf_load(position + at + (size_t)v * VL));
            vf_store(hidden + at + (size_t)v * VL, acc[r][v]);
        }
        if (output) quantise_16(acc[r], output, y + ((row + (size_t)r) * y_stride + n) * (size_t)output->bytes);
    }
}

static void float_dense(
    const apus_float_dense *layer, const float *x, size_t x_stride, size_t rows, const float *position, float *hidden,
    const apus_quantiser *output, void *y, size_t y_stride) {
    for (size_t n = 0; n < (size_t)layer->outputs; n += 16) {
        size_t row = 0;
        for (; row + 4 <= rows; row += 4) {
            float_dense_step(layer, 4, n, x, x_stride, row, position, hidden, output, y, y_stride);
        }
        for (; row < rows; row++) float_dense_step(layer, 1, n, x, x_stride, row, position, hidden, output, y, y_stride);
    }
}

static void pool(const float *hidden, size_t length, size_t width, float *mean, float *largest) {
    VF inverse = vf_set1(1.0f / (float)length);
    for (size_t e = 0; e < width; e += VL) {
        VF sum = vf_set1(0), top = vf_load(hidden + e);
        for (size_t t = 0; t < length; t++) {
            VF value = vf_load(hidden + t * width + e);
            sum = vf_add(sum, value);
            top = vf_max(value, top);
        }
        vf_store(mean + e, vf_mul(sum, inverse));
        if (largest) vf_store(largest + e, top);
    }
}
