#include "int8_common.h"

#include <math.h>

// exp(x) for x <= 0 in float: 2^n exp(r), r in -ln 2 / 2 to ln 2 / 2 by a Taylor polynomial of degree 7, whose rest is below
// 2e-8 of the result. The same operations in the same order everywhere, which a library's expf does not promise.
float apus_exp_of_negative(float x) {
    x = x > -60.0f ? x : -60.0f; // exp(-60), 9e-27, stands for all below it: nothing beside 1, and its products are normal floats
    float t = x * 1.44269504f;
    float n = (t + 12582912.0f) - 12582912.0f; // rounds to an integer: 1.5 * 2^23
    float high = n * 0.693359375f, low = n * -2.12194440e-4f; // ln 2 in two parts; the first product is exact
    float r = (x - high) - low;
    float sum = 1.0f / 5040;
    static const float factors[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1, 1};
    for (int i = 0; i < 7; i++) {
        float product = sum * r;
        sum = product + factors[i];
    }
    union {
        int32_t bits;
        float value;
    } power = {.bits = ((int32_t)n + 127) * (1 << 23)};
    return sum * power.value;
}

bool apus_softmax(const float *logits, size_t classes, float inverse_temperature, float *probabilities) {
    float largest = -INFINITY;
    for (size_t k = 0; k < classes; k++) {
        if (!isfinite(logits[k])) return false;
        if (logits[k] > largest) largest = logits[k];
    }
    float total = 0;
    for (size_t k = 0; k < classes; k++) {
        float difference = logits[k] - largest;
        probabilities[k] = apus_exp_of_negative(difference * inverse_temperature);
        total += probabilities[k];
    }
    float inverse = 1.0f / total;
    for (size_t k = 0; k < classes; k++) probabilities[k] *= inverse;
    return true;
}
