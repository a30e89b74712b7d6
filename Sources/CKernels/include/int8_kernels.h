#ifndef APUS_INT8_KERNELS_H
#define APUS_INT8_KERNELS_H

#include "isa.h"

#include <stddef.h>
#include <stdint.h>

// Integer kernels of the encoder. docs/inference.md states the arithmetic; every instruction set gives the same bits.
//
// Rows are positions. A row of any buffer starts at a multiple of its stride; strides and padded widths are multiples of 16
// elements, and what lies in the padding is read and never matters. Float buffers are aligned to 64 bytes.

/// Where integer activations go: q = rint(clamp(x * inverse_scale + zero_point, low, high)), `bytes` 1 (unsigned) or 2 (signed) each.
typedef struct apus_quantiser {
    float inverse_scale;
    float zero_point;
    float low;
    float high;
    int32_t bytes;
} apus_quantiser;

/// A dense layer on integers: y[n] = sum_k x[k] w[k][n] + start[n] in 32 bits, then (float)y[n] * multiplier[n] + offset[n].
typedef struct apus_dense {
    /// Inputs rounded up to a multiple of 4; outputs to a multiple of 16.
    int32_t inputs, outputs;
    /// Of one activation and one weight: 1 (unsigned by signed) or 2 (signed both).
    int32_t bytes;
    /// From `apus_pack_weights`, aligned to 64 bytes.
    const void *weights;
    /// (outputs) each.
    const int32_t *start;
    const float *multiplier;
    const float *offset;
} apus_dense;

/// y = x K + b in float: products and sums rounded one by one, in the order of the inputs; ReLU if asked for.
typedef struct apus_float_dense {
    int32_t inputs;
    /// A multiple of 16.
    int32_t outputs;
    int32_t relu;
    /// (inputs, outputs) and (outputs).
    const float *kernel;
    const float *bias;
} apus_float_dense;

/// LN(x) = gamma (x - mean) / sqrt(variance + epsilon) + beta over `width` features.
typedef struct apus_layer_norm {
    int32_t width;
    float epsilon;
    /// (width rounded up to 16), zero in the padding.
    const float *gamma;
    const float *beta;
} apus_layer_norm;

/// Multi-head attention on 16-bit queries, keys and values that lie side by side in a row: q | k | v, each heads * dim wide.
typedef struct apus_attention {
    int32_t heads;
    /// Features per head, even.
    int32_t dim;
    /// (heads): the softmax's argument is (largest score - score) >> shift, in 1/32 of an octave; 1 to 31.
    const int32_t *shift;
    /// (heads * dim): the context is multiplied by it before `output` is applied; `output.inverse_scale` is not used.
    const float *multiplier;
    apus_quantiser output;
} apus_attention;

/// One instruction set's kernels.
typedef struct apus_int8_kernels {
    /// Bytes of an 8-bit activation and weight here: 1, or 2 where 16-bit products are as fast and exact.
    int32_t narrow_bytes;
    /// Whether 8-bit activations are taken as signed, so that `start` must hold 128 sum_k w[k][n] on top.
    int32_t is_offset;

    /// y (rows, y_stride) = quantised x K + b, with `output.inverse_scale` already in the layer's multiplier and offset.
    void (*dense)(
        const apus_dense *layer, const void *x, size_t x_stride, size_t rows, const apus_quantiser *output, void *y,
        size_t y_stride);

    /// hidden (rows, width padded) = LN(hidden + x K + b), and y its quantised values.
    void (*dense_add_norm)(
        const apus_dense *layer, const void *x, size_t x_stride, size_t rows, float *hidden, const apus_layer_norm *norm,
        const apus_quantiser *output, void *y, size_t y_stride);

    /// hidden (rows, outputs) = x K + b, plus `position` (rows, outputs) unless it is null; y, unless `output` is null, its
    /// quantised values.
    void (*float_dense)(
        const apus_float_dense *layer, const float *x, size_t x_stride, size_t rows, const float *position, float *hidden,
        const apus_quantiser *output, void *y, size_t y_stride);

    /// y (length, y_stride) = the quantised context of every position of one row of the batch; 64 bytes behind the last row of
    /// `qkv` must be readable.
    void (*attention)(
        const apus_attention *layer, const int16_t *qkv, size_t qkv_stride, size_t length, void *scratch, void *y,
        size_t y_stride);

    /// mean (width) and, unless null, largest (width): over the positions of hidden (length, width); width a multiple of 16.
    void (*pool)(const float *hidden, size_t length, size_t width, float *mean, float *largest);

    /// hidden (rows, width) = LN(hidden + branch), width being the norm's padded to 16.
    void (*add_norm)(float *hidden, const float *branch, size_t width, size_t rows, const apus_layer_norm *norm);

    /// y (length, heads * dim) = softmax(scale q . k) v in float, of rows that hold q | k | v, each heads * dim wide.
    void (*float_attention)(
        size_t heads, size_t dim, float scale, const float *qkv, size_t stride, size_t length, void *scratch, float *y,
        size_t y_stride);

    /// Nothing but dot products of `bytes`-wide operands in registers, 12 independent sums: the peak to compare with.
    ///
    /// Returns how many multiplications and additions it made; `sum` gets a value that depends on all of them.
    size_t (*peak)(size_t rounds, int32_t bytes, int32_t *sum);
} apus_int8_kernels;

/// The kernels of an instruction set; null when this program or processor has none.
const apus_int8_kernels *apus_int8_kernels_for(apus_isa isa);

/// Bytes of scratch memory that `attention` and `float_attention` need for rows of at most `length` positions, aligned to 64.
size_t apus_attention_scratch(size_t length, size_t dim);

/// Packs kernel [inputs, outputs] (row-major) for `dense`: 16 outputs side by side, 4 bytes of each together.
///
/// `packed` holds padded inputs * padded outputs * bytes; `sums` (padded outputs) gets sum_k w[k][n].
void apus_pack_weights(
    const int16_t *kernel, int32_t inputs, int32_t outputs, int32_t bytes, void *packed, int32_t *sums);

/// probabilities (classes) = softmax(logits * inverse_temperature); false, and nothing of use written, when a logit is not finite.
bool apus_softmax(const float *logits, size_t classes, float inverse_temperature, float *probabilities);

/// The 256 softmax weights: entry 16 h + l is (A[h] B[l] + 64) >> 7, about 253 * 2^(-i / 32), and 0 from 240 on.
extern const uint8_t apus_softmax_table[256];

#endif
