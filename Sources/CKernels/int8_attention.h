// Attention on whatever vectors the including file defines; included after int8_dense.h, with in addition:
//
//   vi_add vi_sub vi_max VSHIFT vi_shift_count vi_shift_right (logical)
//   softmax_weights        four vectors of steps to two of 16-bit weights, the steps clamped at 255
//   vi_sums_of_rows        lane i of the result is the sum of the lanes of row i; vi_maxima_of_rows likewise
//
// Keys are lanes. Four vectors of scores make two of weights: `softmax_weights` gives the weights of the even 16-bit places of
// packed bytes and of the odd ones, so the keys of a block of BLOCK lie in the order of key_of_slot and its values in their own.

#define BLOCK (4 * VL)

// Lane `slot` of a block's four score vectors holds this key of the block, so that values need no order of their own.
APUS_INLINE size_t key_of_slot(size_t slot) {
    size_t vector = slot / VL, lane = slot % VL;
    return lane % 2 * (2 * VL) + lane / 4 * 8 + vector * 2 + lane % 4 / 2;
}

// What one head needs, carved out of the scratch memory.
typedef struct {
    size_t length, keys;
    size_t dim;
    // (dim / 2, keys) pairs of features; keys beyond the length repeat the first, so that they never are a new largest score.
    int32_t *key;
    // (dim + 1, keys): the last row is 1 for keys that exist. Beyond the length all are 0.
    int16_t *value;
    // (VL, keys).
    int32_t *score;
    // (keys): one query's weights, by block even ones then odd ones.
    int16_t *weight;
    // (dim + 1, VL) vectors: running sums of the queries of a group.
    VI *sums;
} head_space;

static head_space carve(void *scratch, size_t length, size_t dim) {
    head_space space = {.length = length, .keys = apus_rounded_up(length, BLOCK), .dim = dim};
    uint8_t *next = scratch;
    space.sums = (VI *)next;
    next += (dim + 3) * VL * sizeof(VI);
    space.key = (int32_t *)next;
    next += dim / 2 * space.keys * sizeof(int32_t);
    space.score = (int32_t *)next;
    next += VL * space.keys * sizeof(int32_t);
    space.value = (int16_t *)next;
    next += (dim + 1) * space.keys * sizeof(int16_t);
    space.weight = (int16_t *)next;
    return space;
}

// Copies one head's keys and values to lanes.
static void gather_head(const head_space *space, const int16_t *key, const int16_t *value, size_t stride) {
    size_t keys = space->keys;
    for (size_t slot = 0; slot < keys; slot++) {
        size_t j = slot / BLOCK * BLOCK + key_of_slot(slot % BLOCK);
        const int16_t *row = key + (j < space->length ? j : 0) * stride;
        for (size_t pair = 0; pair < space->dim / 2; pair++) {
            __builtin_memcpy(space->key + pair * keys + slot, row + 2 * pair, 4);
        }
    }
    for (size_t d = 0; d < space->dim; d++) {
        int16_t *to = space->value + d * keys;
        for (size_t j = 0; j < space->length; j++) to[j] = value[j * stride + d];
        for (size_t j = space->length; j < keys; j++) to[j] = 0;
    }
}

// One query's scores and, returned, the largest of each lane.
APUS_INLINE VI score_query(const head_space *space, size_t dim, const int16_t *query, int32_t *score) {
    size_t keys = space->keys;
    VI largest = vi_set1(INT32_MIN);
    for (size_t slot = 0; slot < keys; slot += VL) {
        VI sum = vi_zero();
        for (size_t pair = 0; pair < dim / 2; pair++) {
            int32_t features;
            __builtin_memcpy(&features, query + 2 * pair, 4);
            sum = vi_dot16(sum, vi_set1(features), vi_load(space->key + pair * keys + slot));
        }
        vi_store(score + slot, sum);
        largest = vi_max(largest, sum);
    }
    return largest;
}

APUS_INLINE void weigh_block(
    const int32_t *score, VI largest, VSHIFT shift, VI *even, VI *odd) {
    VI steps[4];
    for (int v = 0; v < 4; v++) steps[v] = vi_shift_right(vi_sub(largest, vi_load(score + v * VL)), shift);
    softmax_weights(steps, even, odd);
}

// Weights and weighted sums in one pass, for heads of two features.
APUS_INLINE void sum_pair(const head_space *space, const int32_t *score, VI largest, VSHIFT shift, VI *sums) {
    size_t keys = space->keys;
    VI first = vi_zero(), second = vi_zero(), total = vi_zero();
    for (size_t j = 0; j < keys; j += BLOCK) {
        VI even, odd;
        weigh_block(score + j, largest, shift, &even, &odd);
        const int16_t *value = space->value + j;
        first = vi_dot16(first, even, vi_load(value));
        first = vi_dot16(first, odd, vi_load(value + 2 * VL));
        second = vi_dot16(second, even, vi_load(value + keys));
        second = vi_dot16(second, odd, vi_load(value + keys + 2 * VL));
        total = vi_dot16(total, even, vi_load(value + 2 * keys));
        total = vi_dot16(total, odd, vi_load(value + 2 * keys + 2 * VL));
    }
    sums[0] = first;
    sums[VL] = second;
    sums[2 * VL] = total;
}

// The same for any number of features, four at a time.
static void sum_features(const head_space *space, const int32_t *score, VI largest, VSHIFT shift, VI *sums) {
    size_t keys = space->keys, rows = space->dim + 1;
    int16_t *weight = space->weight;
    for (size_t j = 0; j < keys; j += BLOCK) {
        VI even, odd;
        weigh_block(score + j, largest, shift, &even, &odd);
        vi_store(weight + j, even);
        vi_store(weight + j + 2 * VL, odd);
    }
    size_t d = 0;
    for (; d + 4 <= rows; d += 4) {
        VI acc[4] = {vi_zero(), vi_zero(), vi_zero(), vi_zero()};
        for (size_t j = 0; j < keys; j += 2 * VL) {
            VI weights = vi_load(weight + j);
            for (size_t i = 0; i < 4; i++) acc[i] = vi_dot16(acc[i], weights, vi_load(space->value + (d + i) * keys + j));
        }
        for (size_t i = 0; i < 4; i++) sums[(d + i) * VL] = acc[i];
    }
    for (; d < rows; d++) {
        VI acc = vi_zero();
        for (size_t j = 0; j < keys; j += 2 * VL) acc = vi_dot16(acc, vi_load(weight + j), vi_load(space->value + d * keys + j));
        sums[d * VL] = acc;
    }
}

// The context of up to VL queries of one head, from their sums to 8 or 16 bits.
APUS_INLINE void finish_group(
    const apus_attention *layer, size_t head, const head_space *space, size_t dim, size_t count, uint8_t *y, size_t y_stride) {
    VI *sums = space->sums;
    bounds limits = bounds_of(&layer->output);
    VF zero = vf_set1(layer->output.zero_point);
    VF inverse = vf_div(vf_set1(1), vf_of_vi(vi_sums_of_rows(sums + dim * VL)));
    for (size_t d = 0; d < dim; d++) {
        VF mean = vf_mul(vf_of_vi(vi_sums_of_rows(sums + d * VL)), inverse);
        VF scaled = vf_add(vf_mul(mean, vf_set1(layer->multiplier[head * dim + d])), zero);
        int32_t context[VL] __attribute__((aligned(64)));
        vi_store(context, quantised(scaled, limits));
        for (size_t i = 0; i < count; i++) {
            size_t at = i * y_stride + head * dim + d;
            if (layer->output.bytes == 1) {
                y[at] = (uint8_t)context[i];
            } else {
                ((int16_t *)y)[at] = (int16_t)context[i];
            }
        }
    }
}

APUS_INLINE void attend_head(
    const apus_attention *layer, size_t head, const head_space *space, size_t dim, const int16_t *query, size_t stride,
    uint8_t *y, size_t y_stride) {
    VSHIFT shift = vi_shift_count(layer->shift[head]);
    for (size_t t = 0; t < space->length; t += VL) {
        size_t count = space->length - t < VL ? space->length - t : VL;
        VI largest[VL];
        for (size_t i = 0; i < VL; i++) largest[i] = vi_zero();
        for (size_t i = 0; i < count; i++) {
            largest[i] = score_query(space, dim, query + (t + i) * stride, space->score + i * space->keys);
        }
        int32_t tops[VL] __attribute__((aligned(64)));
        vi_store(tops, vi_maxima_of_rows(largest));
        for (size_t i = 0; i < count; i++) {
            const int32_t *score = space->score + i * space->keys;
            if (dim == 2) {
                sum_pair(space, score, vi_set1(tops[i]), shift, space->sums + i);
            } else {
                sum_features(space, score, vi_set1(tops[i]), shift, space->sums + i);
            }
        }
        size_t bytes = (size_t)layer->output.bytes;
        finish_group(layer, head, space, dim, count, y + t * y_stride * bytes, y_stride);
    }
}

static void attention(
    const apus_attention *layer, const int16_t *qkv, size_t qkv_stride, size_t length, void *scratch, void *y,
    size_t y_stride) {
    size_t dim = (size_t)layer->dim, width = (size_t)layer->heads * dim;
    head_space space = carve(scratch, length, dim);
    // Sums of queries that a short last group lacks are read, and dropped.
    for (size_t i = 0; i < (dim + 1) * VL; i++) space.sums[i] = vi_set1(1);
    for (size_t j = 0; j < space.keys; j++) space.value[dim * space.keys + j] = j < length;
    for (size_t head = 0; head < (size_t)layer->heads; head++) {
        const int16_t *query = qkv + head * dim;
        gather_head(&space, query + width, query + 2 * width, qkv_stride);
        if (dim == 2) {
            attend_head(layer, head, &space, 2, query, qkv_stride, y, y_stride);
        } else {
            attend_head(layer, head, &space, dim, query, qkv_stride, y, y_stride);
        }
    }
}
