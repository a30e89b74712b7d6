#include "int8_common.h"

#include <math.h>
#include <string.h>

// The oracle of the other instruction sets: plain loops, nothing clever. 8-bit activations are held in 16 bits here.

static void put(const apus_quantiser *output, float value, void *row, size_t index) {
    // A value that is not a number becomes the lowest: comparisons with it are false.
    value = value > output->low ? value : output->low;
    value = value < output->high ? value : output->high;
    ((int16_t *)row)[index] = (int16_t)rintf(value);
}

static void put_scaled(const apus_quantiser *output, float value, void *row, size_t index) {
    float scaled = value * output->inverse_scale;
    put(output, scaled + output->zero_point, row, index);
}

static const int16_t *row_of(const void *x, size_t row, size_t stride) {
    return (const int16_t *)x + row * stride;
}

// The packed weight of output n for input k; see apus_pack_weights.
static int32_t weight(const apus_dense *layer, int32_t k, int32_t n) {
    int32_t tile = n / 16 * 16 * layer->inputs;
    return ((const int16_t *)layer->weights)[tile + k / 2 * 32 + n % 16 * 2 + k % 2];
}

static float dense_value(const apus_dense *layer, const int16_t *x, int32_t n) {
    int32_t sum = layer->start[n];
    for (int32_t k = 0; k < layer->inputs; k++) sum += x[k] * weight(layer, k, n);
    float product = (float)sum * layer->multiplier[n];
    return product + layer->offset[n];
}

static void dense(
    const apus_dense *layer, const void *x, size_t x_stride, size_t rows, const apus_quantiser *output, void *y,
    size_t y_stride) {
    for (size_t r = 0; r < rows; r++) {
        int16_t *row = (int16_t *)y + r * y_stride;
        for (int32_t n = 0; n < layer->outputs; n++) put(output, dense_value(layer, row_of(x, r, x_stride), n), row, (size_t)n);
    }
}

// The sum of 16 running sums, halves added to halves.
static float sum_of_lanes(float lanes[16]) {
    for (int count = 8; count >= 1; count /= 2) {
        for (int lane = 0; lane < count; lane++) lanes[lane] += lanes[lane + count];
    }
    return lanes[0];
}

static void normalise(float *x, const apus_layer_norm *norm) {
    int32_t width = norm->width, padded = (int32_t)apus_rounded_up((size_t)width, 16);
    float inverse_width = 1.0f / (float)width;
    float lanes[16] = {0};
    for (int32_t e = 0; e < padded; e++) lanes[e % 16] += e < width ? x[e] : 0.0f;
    float mean = sum_of_lanes(lanes) * inverse_width;
    memset(lanes, 0, sizeof lanes);
    for (int32_t e = 0; e < padded; e++) {
        x[e] = e < width ? x[e] - mean : 0.0f;
        float square = x[e] * x[e];
        lanes[e % 16] += square;
    }
    float variance = sum_of_lanes(lanes) * inverse_width;
    float inverse = 1.0f / sqrtf(variance + norm->epsilon);
    for (int32_t e = 0; e < padded; e++) {
        float factor = x[e] * inverse;
        float scaled = factor * norm->gamma[e];
        x[e] = scaled + norm->beta[e];
    }
}

static void dense_add_norm(
    const apus_dense *layer, const void *x, size_t x_stride, size_t rows, float *hidden, const apus_layer_norm *norm,
    const apus_quantiser *output, void *y, size_t y_stride) {
    for (size_t r = 0; r < rows; r++) {
        float *h = hidden + r * (size_t)layer->outputs;
        for (int32_t n = 0; n < layer->outputs; n++) h[n] += dense_value(layer, row_of(x, r, x_stride), n);
        normalise(h, norm);
        for (int32_t n = 0; n < layer->outputs; n++) put_scaled(output, h[n], (int16_t *)y + r * y_stride, (size_t)n);
    }
}

static void float_dense(
    const apus_float_dense *layer, const float *x, size_t x_stride, size_t rows, const float *position, float *hidden,
    const apus_quantiser *output, void *y, size_t y_stride) {
    size_t outputs = (size_t)layer->outputs;
    for (size_t r = 0; r < rows; r++) {
        for (size_t n = 0; n < outputs; n++) {
            float sum = layer->bias[n];
            for (size_t k = 0; k < (size_t)layer->inputs; k++) {
                float product = x[r * x_stride + k] * layer->kernel[k * outputs + n];
                sum += product;
            }
            if (layer->relu && sum < 0) sum = 0;
            if (position) sum += position[r * outputs + n];
            hidden[r * outputs + n] = sum;
            if (output) put_scaled(output, sum, (int16_t *)y + r * y_stride, n);
        }
    }
}

static void attention(
    const apus_attention *layer, const int16_t *qkv, size_t qkv_stride, size_t length, void *scratch, void *y,
    size_t y_stride) {
    int32_t *scores = scratch;
    size_t dim = (size_t)layer->dim, width = (size_t)layer->heads * dim;
    for (size_t head = 0; head < (size_t)layer->heads; head++) {
        for (size_t t = 0; t < length; t++) {
            const int16_t *query = qkv + t * qkv_stride + head * dim;
            int32_t largest = INT32_MIN;
            for (size_t j = 0; j < length; j++) {
                const int16_t *key = qkv + j * qkv_stride + width + head * dim;
                int32_t score = 0;
                for (size_t d = 0; d < dim; d++) score += query[d] * key[d];
                scores[j] = score;
                if (score > largest) largest = score;
            }
            int32_t total = 0;
            for (size_t j = 0; j < length; j++) {
                uint32_t step = ((uint32_t)largest - (uint32_t)scores[j]) >> layer->shift[head];
                scores[j] = apus_softmax_table[step < 255 ? step : 255];
                total += scores[j];
            }
            float inverse = 1.0f / (float)total;
            for (size_t d = 0; d < dim; d++) {
                int32_t sum = 0;
                for (size_t j = 0; j < length; j++) sum += scores[j] * qkv[j * qkv_stride + 2 * width + head * dim + d];
                float mean = (float)sum * inverse;
                float scaled = mean * layer->multiplier[head * dim + d];
                put(&layer->output, scaled + layer->output.zero_point, (int16_t *)y + t * y_stride, head * dim + d);
            }
        }
    }
}

static void pool(const float *hidden, size_t length, size_t width, float *mean, float *largest) {
    float inverse = 1.0f / (float)length;
    for (size_t e = 0; e < width; e++) {
        float sum = 0, top = hidden[e];
        for (size_t t = 0; t < length; t++) {
            float value = hidden[t * width + e];
            sum += value;
            top = value > top ? value : top;
        }
        mean[e] = sum * inverse;
        if (largest) largest[e] = top;
    }
}

static void add_norm(float *hidden, const float *branch, size_t width, size_t rows, const apus_layer_norm *norm) {
    for (size_t i = 0; i < width * rows; i++) hidden[i] += branch[i];
    for (size_t r = 0; r < rows; r++) normalise(hidden + r * width, norm);
}

static void float_attention(
    size_t heads, size_t dim, float scale, const float *qkv, size_t stride, size_t length, void *scratch, float *y,
    size_t y_stride) {
    size_t width = heads * dim;
    float *scores = scratch;
    for (size_t head = 0; head < heads; head++) {
        for (size_t t = 0; t < length; t++) {
            const float *query = qkv + t * stride + head * dim;
            float largest = -INFINITY, total = 0;
            for (size_t j = 0; j < length; j++) {
                const float *key = qkv + j * stride + width + head * dim;
                for (size_t d = 0; d < dim; d++) {
                    float scaled = query[d] * scale;
                    float product = scaled * key[d];
                    scores[j] = d == 0 ? product : scores[j] + product;
                }
                largest = scores[j] > largest ? scores[j] : largest;
            }
            for (size_t j = 0; j < length; j++) {
                scores[j] = apus_exp_of_negative(scores[j] - largest);
                total += scores[j];
            }
            float inverse = 1.0f / total;
            for (size_t d = 0; d < dim; d++) {
                float sum = 0;
                for (size_t j = 0; j < length; j++) {
                    float product = scores[j] * qkv[j * stride + 2 * width + head * dim + d];
                    sum += product;
                }
                y[t * y_stride + head * dim + d] = sum * inverse;
            }
        }
    }
}

static size_t peak(size_t rounds, int32_t bytes, int32_t *sum) {
    uint32_t acc[12];
    for (uint32_t i = 0; i < 12; i++) acc[i] = i;
    for (size_t r = 0; r < rounds; r++) {
        for (int i = 0; i < 12; i++) acc[i] += acc[i] * 3;
    }
    *sum = bytes;
    for (int i = 0; i < 12; i++) *sum ^= (int32_t)acc[i];
    return rounds * 12;
}

const apus_int8_kernels apus_int8_scalar = {
    .narrow_bytes = 2,
    .dense = dense,
    .dense_add_norm = dense_add_norm,
    .float_dense = float_dense,
    .attention = attention,
    .pool = pool,
    .add_norm = add_norm,
    .peak = peak,
    .float_attention = float_attention,
};
