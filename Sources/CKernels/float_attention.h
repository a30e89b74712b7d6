// Attention in float on whatever vectors the including file defines; included after int8_dense.h, with in addition:
//
//   vf_div vf_power_of_2   2^n of integers
//
// Queries are lanes, so every sum runs over the keys in their order and is the same whatever the vectors' length.

// The constants are those of apus_exp_of_negative in softmax.c.
APUS_INLINE VF vf_exp(VF x) {
    x = vf_max(x, vf_set1(-60.0f));
    VI n = vi_of_vf(vf_mul(x, vf_set1(1.44269504f)));
    VF whole = vf_of_vi(n);
    VF r = vf_sub(vf_sub(x, vf_mul(whole, vf_set1(0.693359375f))), vf_mul(whole, vf_set1(-2.12194440e-4f)));
    VF sum = vf_set1(1.0f / 5040);
    sum = vf_add(vf_mul(sum, r), vf_set1(1.0f / 720));
    sum = vf_add(vf_mul(sum, r), vf_set1(1.0f / 120));
    sum = vf_add(vf_mul(sum, r), vf_set1(1.0f / 24));
    sum = vf_add(vf_mul(sum, r), vf_set1(1.0f / 6));
    sum = vf_add(vf_mul(sum, r), vf_set1(0.5f));
    sum = vf_add(vf_mul(sum, r), vf_set1(1));
    sum = vf_add(vf_mul(sum, r), vf_set1(1));
    return vf_mul(sum, vf_power_of_2(n));
}

// Up to VL queries of one head; `dim` a constant where that pays.
APUS_INLINE void attend_floats(
    size_t dim, size_t count, const float *qkv, size_t stride, size_t width, size_t length, float scale, float *scratch,
    const float *query, float *y, size_t y_stride) {
    float *queries = scratch, *scores = scratch + dim * VL;
    for (size_t d = 0; d < dim; d++) {
        for (size_t i = 0; i < VL; i++) queries[d * VL + i] = query[(i < count ? i : 0) * stride + d] * scale;
    }
    VF largest = vf_set1(-__builtin_inff());
    for (size_t j = 0; j < length; j++) {
        const float *key = qkv + j * stride + width;
        VF score = vf_mul(vf_load(queries), vf_set1(key[0]));
        for (size_t d = 1; d < dim; d++) score = vf_add(score, vf_mul(vf_load(queries + d * VL), vf_set1(key[d])));
        vf_store(scores + j * VL, score);
        largest = vf_max(score, largest);
    }
    VF total = vf_set1(0), sums[8];
    // PERF: the sums of a narrow head run side by side; one after the other each would wait for its own additions.
    if (dim <= 8) {
        for (size_t d = 0; d < dim; d++) sums[d] = vf_set1(0);
        for (size_t j = 0; j < length; j++) {
            const float *value = qkv + j * stride + 2 * width;
            VF weight = vf_exp(vf_sub(vf_load(scores + j * VL), largest));
            total = vf_add(total, weight);
            for (size_t d = 0; d < dim; d++) sums[d] = vf_add(sums[d], vf_mul(weight, vf_set1(value[d])));
        }
        VF inverse = vf_div(vf_set1(1), total);
        for (size_t d = 0; d < dim; d++) vf_store(queries + d * VL, vf_mul(sums[d], inverse));
        for (size_t i = 0; i < count; i++) {
            for (size_t d = 0; d < dim; d++) y[i * y_stride + d] = queries[d * VL + i];
        }
        return;
    }
    for (size_t j = 0; j < length; j++) {
        VF weight = vf_exp(vf_sub(vf_load(scores + j * VL), largest));
        vf_store(scores + j * VL, weight);
        total = vf_add(total, weight);
    }
    VF inverse = vf_div(vf_set1(1), total);
    for (size_t d = 0; d < dim; d++) {
        VF sum = vf_set1(0);
        for (size_t j = 0; j < length; j++) {
            sum = vf_add(sum, vf_mul(vf_load(scores + j * VL), vf_set1(qkv[j * stride + 2 * width + d])));
        }
        vf_store(queries, vf_mul(sum, inverse));
        for (size_t i = 0; i < count; i++) y[i * y_stride + d] = queries[i];
    }
}

static void float_attention(
    size_t heads, size_t dim, float scale, const float *qkv, size_t stride, size_t length, void *scratch, float *y,
    size_t y_stride) {
    for (size_t head = 0; head < heads; head++) {
        const float *own = qkv + head * dim;
        for (size_t t = 0; t < length; t += VL) {
            size_t count = length - t < VL ? length - t : VL;
            float *to = y + t * y_stride + head * dim;
            if (dim == 2) {
                attend_floats(2, count, own, stride, heads * 2, length, scale, scratch, own + t * stride, to, y_stride);
            } else if (dim == 8) {
                attend_floats(8, count, own, stride, heads * 8, length, scale, scratch, own + t * stride, to, y_stride);
            } else {
                attend_floats(dim, count, own, stride, heads * dim, length, scale, scratch, own + t * stride, to, y_stride);
            }
        }
    }
}
