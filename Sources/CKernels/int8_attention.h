// Attention on whatever vectors the including file defines; included after int8_dense.h, with in addition:
//
//   vi_sub vi_max vi_and vi_or vi_shift_left VSHIFT vi_shift_count vi_shift_right (logical)
//   vi_add16               adds 16-bit lanes
//   transpose              VL rows of VL lanes, in place
//   vi_halves              the low (high) 16 bits of two vectors' lanes, as one vector in pack order
//   softmax_weights        four vectors of steps to two of 16-bit weights, the steps clamped at 255
//   vi_sums_of_rows        lane i of the result is the sum of the lanes of row i; vi_maxima_of_rows likewise
//
// Keys are lanes, BLOCK of them together: four vectors of scores make two of 16-bit weights, those of the even places of packed
// bytes and those of the odd ones. Keys lie in their own order and values in the order of the weights.

#define BLOCK (4 * VL)
// The largest step: no weight.
#define FAR INT32_MAX

// The key of a block whose weight is lane `lane` of the even (`odd` 0) or odd vector of weights.
APUS_INLINE size_t key_of_lane(size_t lane, size_t odd) {
    return lane % 8 / 2 * VL + lane / 8 * 4 + lane % 2 * 2 + odd;
}

// What the heads of a group need, carved out of the scratch memory. A group has at least VL pairs of features.
typedef struct {
    size_t length;
    // Keys in whole vectors and in whole blocks.
    size_t vectors, blocks;
    size_t dim;
    // (pairs of the group, blocks * BLOCK): two features each. Keys beyond the length repeat the last, so that none of them is a new
    // largest score.
    int32_t *key;
    // (2 * pairs of the group, blocks * BLOCK), 0 beyond the length.
    int16_t *value;
    // (VL, blocks * BLOCK).
    int32_t *score;
    // (blocks * BLOCK): one query's weights.
    int16_t *weight;
    // (dim + 1, VL) vectors: running sums of the queries of a group; the last is of the weights themselves.
    VI *sums;
    // What is or-ed to the steps of the last vector of keys.
    VI beyond;
} head_space;

static head_space carve(void *scratch, size_t length, size_t dim) {
    head_space space = {.length = length, .dim = dim};
    space.vectors = (length + VL - 1) / VL;
    space.blocks = (length + BLOCK - 1) / BLOCK;
    size_t keys = space.blocks * BLOCK, pairs = apus_rounded_up(dim / 2, VL);
    uint8_t *next = scratch;
    space.sums = (VI *)next;
    next += (dim + 1) * VL * sizeof(VI);
    space.key = (int32_t *)next;
    next += pairs * keys * sizeof(int32_t);
    space.value = (int16_t *)next;
    next += 2 * pairs * keys * sizeof(int16_t);
    space.score = (int32_t *)next;
    next += VL * keys * sizeof(int32_t);
    space.weight = (int16_t *)next;
    int32_t beyond[VL] __attribute__((aligned(64)));
    for (size_t lane = 0; lane < VL; lane++) beyond[lane] = (space.vectors - 1) * VL + lane < length ? 0 : FAR;
    space.beyond = vi_load(beyond);
    return space;
}

// Copies VL pairs of features of all keys to lanes.
static void gather_keys(const head_space *space, const int16_t *key, size_t stride, int32_t *to) {
    size_t keys = space->blocks * BLOCK;
    for (size_t j = 0; j < space->vectors * VL; j += VL) {
        VI rows[VL];
        for (size_t i = 0; i < VL; i++) {
            size_t from = j + i < space->length ? j + i : space->length - 1;
            rows[i] = vi_load(key + from * stride);
        }
        transpose(rows);
        for (size_t i = 0; i < VL; i++) vi_store(to + i * keys + j, rows[i]);
    }
}

// The same of values, in the order of the weights.
static void gather_values(const head_space *space, const int16_t *value, size_t stride, int16_t *to) {
    size_t keys = space->blocks * BLOCK;
    for (size_t j = 0; j < keys; j += 2 * VL) {
        VI rows[2][VL];
        for (size_t i = 0; i < 2 * VL; i++) {
            size_t from = j / BLOCK * BLOCK + key_of_lane(i, j % BLOCK != 0);
            // Pack order: four lanes of one vector, four of the other, and so on.
            rows[i / 4 % 2][i / 8 * 4 + i % 4] = from < space->length ? vi_load(value + from * stride) : vi_zero();
        }
        transpose(rows[0]);
        transpose(rows[1]);
        for (size_t i = 0; i < VL; i++) {
            VI low, high;
            vi_halves(rows[0][i], rows[1][i], &low, &high);
            vi_store(to + 2 * i * keys + j, low);
            vi_store(to + (2 * i + 1) * keys + j, high);
        }
    }
}

// One query's scores and, returned, the largest of each lane.
APUS_INLINE VI score_query(const head_space *space, size_t dim, const int16_t *query, const int32_t *key, int32_t *score) {
    size_t keys = space->blocks * BLOCK, end = space->vectors * VL;
    VI largest = vi_set1(INT32_MIN), features[4];
    if (dim <= 8) {
        for (size_t pair = 0; pair < dim / 2; pair++) {
            int32_t both;
            __builtin_memcpy(&both, query + 2 * pair, 4);
            features[pair] = vi_set1(both);
        }
        for (size_t j = 0; j < end; j += VL) {
            VI sum = vi_zero();
            for (size_t pair = 0; pair < dim / 2; pair++) sum = vi_dot16(sum, features[pair], vi_load(key + pair * keys + j));
            vi_store(score + j, sum);
            largest = vi_max(largest, sum);
        }
        return largest;
    }
    for (size_t j = 0; j < end; j += VL) {
        VI sum = vi_zero();
        for (size_t pair = 0; pair < dim / 2; pair++) {
            int32_t both;
            __builtin_memcpy(&both, query + 2 * pair, 4);
            sum = vi_dot16(sum, vi_set1(both), vi_load(key + pair * keys + j));
        }
        vi_store(score + j, sum);
        largest = vi_max(largest, sum);
    }
    return largest;
}

// The weights of a block of which `vectors`, a constant, have keys; the last of them in part if `is_last`.
APUS_INLINE void weigh(
    const head_space *space, int vectors, int is_last, const int32_t *score, VI largest, VSHIFT shift, VI *even, VI *odd) {
    VI steps[4];
    for (int v = 0; v < 4; v++) {
        steps[v] = v < vectors ? vi_shift_right(vi_sub(largest, vi_load(score + v * VL)), shift) : vi_set1(FAR);
        if (is_last && v == vectors - 1) steps[v] = vi_or(steps[v], space->beyond);
    }
    softmax_weights(steps, even, odd);
}

APUS_INLINE void weigh_last(
    const head_space *space, const int32_t *score, VI largest, VSHIFT shift, VI *even, VI *odd) {
    switch (space->vectors % 4) {
    case 1: weigh(space, 1, 1, score, largest, shift, even, odd); break;
    case 2: weigh(space, 2, 1, score, largest, shift, even, odd); break;
    case 3: weigh(space, 3, 1, score, largest, shift, even, odd); break;
    default: weigh(space, 4, 1, score, largest, shift, even, odd); break;
    }
}

APUS_INLINE VI dot_block(VI sum, VI even, VI odd, const int16_t *value) {
    return vi_dot16(vi_dot16(sum, even, vi_load(value)), odd, vi_load(value + 2 * VL));
}

// Weights and weighted sums in one pass, for heads of two features.
APUS_INLINE void sum_pair(
    const head_space *space, const int16_t *value, const int32_t *score, VI largest, VSHIFT shift, VI *sums) {
    size_t keys = space->blocks * BLOCK, last = keys - BLOCK;
    VI first = vi_zero(), second = vi_zero(), total = vi_zero(), even, odd;
    for (size_t j = 0; j < last; j += BLOCK) {
        weigh(space, 4, 0, score + j, largest, shift, &even, &odd);
        first = dot_block(first, even, odd, value + j);
        second = dot_block(second, even, odd, value + keys + j);
        total = vi_add16(total, vi_add16(even, odd));
    }
    weigh_last(space, score + last, largest, shift, &even, &odd);
    sums[0] = dot_block(first, even, odd, value + last);
    sums[VL] = dot_block(second, even, odd, value + keys + last);
    total = vi_add16(total, vi_add16(even, odd));
    sums[2 * VL] = vi_dot16(vi_zero(), total, vi_set1(0x00010001));
}

// The same for any number of features, by way of stored weights.
APUS_INLINE void sum_features(
    const head_space *space, size_t dim, const int16_t *value, const int32_t *score, VI largest, VSHIFT shift, VI *sums) {
    size_t keys = space->blocks * BLOCK;
    int16_t *weight = space->weight;
    VI total = vi_zero();
    for (size_t j = 0; j < keys; j += BLOCK) {
        VI even, odd;
        if (j + BLOCK < keys) {
            weigh(space, 4, 0, score + j, largest, shift, &even, &odd);
        } else {
            weigh_last(space, score + j, largest, shift, &even, &odd);
        }
        vi_store(weight + j, even);
        vi_store(weight + j + 2 * VL, odd);
        total = vi_add16(total, vi_add16(even, odd));
    }
    sums[dim * VL] = vi_dot16(vi_zero(), total, vi_set1(0x00010001));
    for (size_t d = 0; d < dim; d += 2) {
        VI first = vi_zero(), second = vi_zero();
        for (size_t j = 0; j < keys; j += BLOCK) {
            VI even = vi_load(weight + j), odd = vi_load(weight + j + 2 * VL);
            first = dot_block(first, even, odd, value + d * keys + j);
            second = dot_block(second, even, odd, value + (d + 1) * keys + j);
        }
        sums[d * VL] = first;
        sums[(d + 1) * VL] = second;
    }
}

// A feature's context of up to VL queries of one head, as integers.
APUS_INLINE VI context_of(const apus_attention *layer, const VI *sums, VF inverse, float multiplier) {
    VF mean = vf_mul(vf_of_vi(vi_sums_of_rows(sums)), inverse);
    VF scaled = vf_add(vf_mul(mean, vf_set1(multiplier)), vf_set1(layer->output.zero_point));
    return quantised(scaled, bounds_of(&layer->output));
}

// The context of up to VL queries of one head, from their sums to 8 or 16 bits, two features together.
APUS_INLINE void finish_group(
    const apus_attention *layer, size_t head, const head_space *space, size_t dim, size_t count, uint8_t *y, size_t y_stride) {
    VI *sums = space->sums;
    size_t bytes = (size_t)layer->output.bytes;
    VF inverse = vf_div(vf_set1(1), vf_of_vi(vi_sums_of_rows(sums + dim * VL)));
    for (size_t d = 0; d < dim; d += 2) {
        const float *multiplier = layer->multiplier + head * dim + d;
        VI first = context_of(layer, sums + d * VL, inverse, multiplier[0]);
        VI second = context_of(layer, sums + (d + 1) * VL, inverse, multiplier[1]);
        int32_t pairs[VL] __attribute__((aligned(64)));
        uint8_t *to = y + (head * dim + d) * bytes;
        if (bytes == 1) {
            vi_store(pairs, vi_or(first, vi_shift_left(second, 8)));
            for (size_t i = 0; i < count; i++) __builtin_memcpy(to + i * y_stride, pairs + i, 2);
        } else {
            vi_store(pairs, vi_or(vi_and(first, vi_set1(0xffff)), vi_shift_left(second, 16)));
            for (size_t i = 0; i < count; i++) __builtin_memcpy(to + i * y_stride * 2, pairs + i, 4);
        }
    }
}

// One head, `dim` a constant where that pays; `index` is its place in the group.
APUS_INLINE void attend_head(
    const apus_attention *layer, size_t head, size_t index, const head_space *space, size_t dim, const int16_t *query,
    size_t stride, uint8_t *y, size_t y_stride) {
    VSHIFT shift = vi_shift_count(layer->shift[head]);
    size_t keys = space->blocks * BLOCK, bytes = (size_t)layer->output.bytes;
    const int32_t *key = space->key + index * dim / 2 * keys;
    const int16_t *value = space->value + index * dim * keys;
    for (size_t t = 0; t < space->length; t += VL) {
        size_t count = space->length - t < VL ? space->length - t : VL;
        VI largest[VL];
        for (size_t i = 0; i < VL; i++) largest[i] = vi_zero();
        for (size_t i = 0; i < count; i++) {
            largest[i] = score_query(space, dim, query + (t + i) * stride, key, space->score + i * keys);
        }
        int32_t tops[VL] __attribute__((aligned(64)));
        vi_store(tops, vi_maxima_of_rows(largest));
        for (size_t i = 0; i < count; i++) {
            const int32_t *score = space->score + i * keys;
            if (dim == 2) {
                sum_pair(space, value, score, vi_set1(tops[i]), shift, space->sums + i);
            } else {
                sum_features(space, dim, value, score, vi_set1(tops[i]), shift, space->sums + i);
            }
        }
        finish_group(layer, head, space, dim, count, y + t * y_stride * bytes, y_stride);
    }
}

static void attention(
    const apus_attention *layer, const int16_t *qkv, size_t qkv_stride, size_t length, void *scratch, void *y,
    size_t y_stride) {
    size_t dim = (size_t)layer->dim, heads = (size_t)layer->heads, width = heads * dim;
    head_space space = carve(scratch, length, dim);
    size_t keys = space.blocks * BLOCK, group = dim / 2 < VL ? VL / (dim / 2) : 1;
    // Sums of queries that a short last group lacks are read, and dropped.
    for (size_t i = 0; i < (dim + 1) * VL; i++) space.sums[i] = vi_set1(1);
    for (size_t head = 0; head < heads; head++) {
        const int16_t *query = qkv + head * dim;
        size_t index = head % group;
        for (size_t pair = 0; index == 0 && pair < dim / 2 * group; pair += VL) {
            gather_keys(&space, query + width + 2 * pair, qkv_stride, space.key + pair * keys);
            gather_values(&space, query + 2 * width + 2 * pair, qkv_stride, space.value + 2 * pair * keys);
        }
        switch (dim) {
        case 2: attend_head(layer, head, index, &space, 2, query, qkv_stride, y, y_stride); break;
        case 8: attend_head(layer, head, index, &space, 8, query, qkv_stride, y, y_stride); break;
        default: attend_head(layer, head, index, &space, dim, query, qkv_stride, y, y_stride); break;
        }
    }
}
