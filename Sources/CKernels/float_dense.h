// Dense layers and pooling in float on whatever vectors the including file defines; included after int8_dense.h.

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
