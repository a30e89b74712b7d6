// Dense layers on whatever vectors the including file defines. Included once by each instruction set, after:
//
//   VL                     32-bit lanes of a vector; TILE, the vectors of one step across the outputs
//   VI, VF                 vectors of int32 and of float
//   vi_zero vi_set1 vi_load vi_store vi_dot16 vi_dot8 (vi_dot8 where HAS_DOT8)
//   vf_set1 vf_load vf_store vf_add vf_sub vf_mul vf_max vf_min vf_relu vf_of_vi vi_of_vf
//   store_narrow           16 lanes of int32 as 8 or 16 bits

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
