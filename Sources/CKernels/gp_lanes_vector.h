// Vectors of GP_WIDTH numbers of type GP_REAL, one a lane, and functions of them. Included once for each type of number.
//
// Every operation is one that IEEE 754 defines to the last bit, and multiply-adds are explicit: all instruction sets and all widths
// give the same bits.

typedef GP_REAL GP(vec) __attribute__((ext_vector_type(GP_WIDTH)));
typedef GP_INT GP(bits) __attribute__((ext_vector_type(GP_WIDTH)));

#define vec GP(vec)
#define bits GP(bits)
#define INLINE static inline __attribute__((always_inline))
#define OUTLINE static __attribute__((noinline))

INLINE vec GP(fma)(vec a, vec b, vec c) {
    return __builtin_elementwise_fma(a, b, c);
}

/// c - a b
INLINE vec GP(fnma)(vec a, vec b, vec c) {
    return __builtin_elementwise_fma(-a, b, c);
}

INLINE vec GP(splat)(GP_REAL x) {
    return (vec)x;
}

/// Where the mask's bits are set `a`, else `b`.
INLINE vec GP(select)(bits mask, vec a, vec b) {
    return (vec)((mask & (bits)a) | (~mask & (bits)b));
}

/// x[i] = e^x[i] for x up to 80, within 3 units in the last place; exactly 0 far below 0.
///
// PERF: four side by side, because the steps of one wait for each other; 20 ns a vector of 4 one by one, 6 so (with its square root).
INLINE void GP(exp_some)(vec *x, int count) {
    static const GP_REAL c[] = GP_EXP_COEFFICIENTS; // Chebyshev fit on +- ln 2 / 2, highest power first
    vec shifted[4], r[4], p[4];
    // x = n ln 2 + r: adding GP_MAGIC leaves the integer n in the low bits.
    for (int i = 0; i < count; i++) {
        shifted[i] = GP(fma)(x[i], GP(splat)((GP_REAL)1.4426950408889634), GP(splat)(GP_MAGIC));
        vec n = shifted[i] - GP_MAGIC;
        r[i] = GP(fnma)(n, GP(splat)(GP_LN2_HIGH), x[i]);
        r[i] = GP(fnma)(n, GP(splat)(GP_LN2_LOW), r[i]);
        p[i] = GP(fma)(GP(splat)(c[0]), r[i], GP(splat)(c[1]));
    }
    _Pragma("clang loop unroll(full)") for (int k = 2; k < (int)(sizeof c / sizeof *c); k++) {
        for (int i = 0; i < count; i++) p[i] = GP(fma)(p[i], r[i], GP(splat)(c[k]));
    }
    for (int i = 0; i < count; i++) {
        bits result = (bits)p[i] + ((bits)shifted[i] << GP_MANTISSA_BITS);
        x[i] = (vec)(result & ~(x[i] < GP_EXP_LOWEST));
    }
}

INLINE vec GP(exp)(vec x) {
    GP(exp_some)(&x, 1);
    return x;
}

/// ln x for finite x > 0, by 2 artanh((m - 1) / (m + 1)) of the mantissa.
INLINE vec GP(log)(vec x) {
    bits half = (bits)GP(splat)((GP_REAL)0.70710678118654752);
    bits exponent = ((bits)x - half) >> GP_MANTISSA_BITS;
    vec m = (vec)((bits)x - (exponent << GP_MANTISSA_BITS));
    vec s = (m - 1) / (m + 1);
    vec s2 = s * s;
    vec sum = GP(splat)(0);
    _Pragma("clang loop unroll(full)") for (int k = 21; k >= 1; k -= 2) {
        sum = GP(fma)(sum, s2, GP(splat)((GP_REAL)1.0 / (GP_REAL)k));
    }
    vec e = __builtin_convertvector(exponent, vec);
    return GP(fma)(e, GP(splat)((GP_REAL)0.69314718055994531), 2 * s * sum);
}

/// A product of many positive numbers without overflow: a mantissa of 1 to 2, and an exponent.
typedef struct GP(product) {
    vec mantissa;
    bits exponent;
} GP(product);

INLINE void GP(multiply)(GP(product) * product, vec x) {
    bits exponent = ((bits)x >> GP_MANTISSA_BITS) - GP_EXPONENT_BIAS;
    vec mantissa = product->mantissa * (vec)((bits)x - (exponent << GP_MANTISSA_BITS));
    bits carry = ((bits)mantissa >> GP_MANTISSA_BITS) - GP_EXPONENT_BIAS;
    product->mantissa = (vec)((bits)mantissa - (carry << GP_MANTISSA_BITS));
    product->exponent += exponent + carry;
}

INLINE vec GP(log_product)(GP(product) product) {
    vec e = __builtin_convertvector(product.exponent, vec);
    return GP(fma)(e, GP(splat)((GP_REAL)0.69314718055994531), GP(log)(product.mantissa));
}

/// acc[c][r] -= sum_k a[4 k + r] b[4 k + c], k ascending.
INLINE void GP(tile)(vec acc[GP_COLUMNS][4], const vec *a, const vec *b, ptrdiff_t count) {
    for (ptrdiff_t k = 0; k < count; k++) {
        _Pragma("clang loop unroll(full)") for (int c = 0; c < GP_COLUMNS; c++) {
            _Pragma("clang loop unroll(full)") for (int r = 0; r < 4; r++) {
                acc[c][r] = GP(fnma)(a[4 * k + r], b[4 * k + c], acc[c][r]);
            }
        }
    }
}
