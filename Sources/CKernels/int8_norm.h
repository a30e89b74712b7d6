// Layer normalisation on whatever vectors the including file defines; included after int8_dense.h, with in addition:
//
//   vf_and
//   sum_of_16              the sum of 16 running sums, halves added to halves
//   inverse_sqrt           1 / sqrt(x), both rounded

// 16 features of a row, block `b` of `blocks`; what the last block has beyond the row's width is masked.
APUS_INLINE VF load_masked(const float *x, size_t v, size_t vectors, const float last[16]) {
    VF value = vf_load(x + v * VL);
    return v + PER_16 < vectors ? value : vf_and(value, vf_load(last + (v + PER_16 - vectors) * VL));
}

APUS_INLINE float sum_of_row(const float *x, size_t vectors, const float last[16]) {
    VF sums[PER_16];
    for (int v = 0; v < PER_16; v++) sums[v] = vf_set1(0);
    for (size_t v = 0; v < vectors; v++) sums[v % PER_16] = vf_add(sums[v % PER_16], load_masked(x, v, vectors, last));
    return sum_of_16(sums);
}

// Leaves the row's differences from its mean, and 0 beyond its width.
APUS_INLINE float squares_of_row(float *x, size_t vectors, const float last[16], float mean) {
    VF sums[PER_16];
    for (int v = 0; v < PER_16; v++) sums[v] = vf_set1(0);
    for (size_t v = 0; v < vectors; v++) {
        VF value = vf_sub(vf_load(x + v * VL), vf_set1(mean));
        if (v + PER_16 >= vectors) value = vf_and(value, vf_load(last + (v + PER_16 - vectors) * VL));
        vf_store(x + v * VL, value);
        sums[v % PER_16] = vf_add(sums[v % PER_16], vf_mul(value, value));
    }
    return sum_of_16(sums);
}

APUS_INLINE void scale_row(
    float *x, size_t vectors, float inverse, const apus_layer_norm *norm, const apus_quantiser *output, uint8_t *y) {
    for (size_t first = 0; first < vectors; first += PER_16) {
        VF values[PER_16];
        for (size_t i = 0; i < PER_16; i++) {
            size_t at = (first + i) * VL;
            values[i] = vf_add(vf_mul(vf_mul(vf_load(x + at), vf_set1(inverse)), vf_load(norm->gamma + at)), vf_load(norm->beta + at));
            vf_store(x + at, values[i]);
        }
        if (output) quantise_16(values, output, y + first * VL * (size_t)output->bytes);
    }
}

// PERF: rows go through each step together, up to eight. One row's way from sum to square root to quotient is about 110 cycles
// in which the processor cannot look far enough ahead to begin the row after next (2.1 us for 100 rows of 32, 1.1 so, on a Zen 3).
APUS_INLINE void normalise(
    float *x, size_t vectors, size_t rows, const float last[16], const apus_layer_norm *norm, const apus_quantiser *output,
    uint8_t *y, size_t y_bytes) {
    size_t stride = vectors * VL;
    float inverse_width = 1.0f / (float)norm->width, values[8];
    for (size_t r = 0; r < rows; r++) values[r] = sum_of_row(x + r * stride, vectors, last) * inverse_width;
    for (size_t r = 0; r < rows; r++) values[r] = squares_of_row(x + r * stride, vectors, last, values[r]);
    for (size_t r = 0; r < rows; r++) {
        float variance = values[r] * inverse_width;
        values[r] = inverse_sqrt(variance + norm->epsilon);
    }
    for (size_t r = 0; r < rows; r++) scale_row(x + r * stride, vectors, values[r], norm, output, output ? y + r * y_bytes : 0);
}

static void normalise_rows(
    float *hidden, size_t width, size_t rows, const apus_layer_norm *norm, const apus_quantiser *output, uint8_t *y,
    size_t y_stride) {
    uint32_t ones[16];
    float last[16];
    for (size_t lane = 0; lane < 16; lane++) ones[lane] = width - 16 + lane < (size_t)norm->width ? UINT32_MAX : 0;
    __builtin_memcpy(last, ones, sizeof last);
    size_t y_bytes = output ? y_stride * (size_t)output->bytes : 0;
    for (size_t r = 0; r < rows; r += 8) {
        size_t count = rows - r < 8 ? rows - r : 8;
        uint8_t *to = output ? y + r * y_bytes : 0;
        if (width == 32) {
            normalise(hidden + r * 32, 2 * PER_16, count, last, norm, output, to, y_bytes);
        } else {
            normalise(hidden + r * width, width / VL, count, last, norm, output, to, y_bytes);
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
