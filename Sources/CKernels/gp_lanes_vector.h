// Vectors of GP_WIDTH numbers of type GP_REAL, one a lane, and functions of them. Included once for each type of number.
//
// Every operation is one that IEEE 754 defines to the last bit, and multiply-adds are explicit: all instruction sets and all widths
// give the same bits.

typedef GP_REAL GP(vec) __attribute__((ext_vector_type(GP_WIDTH)));
typedef GP_INT GP(bits) __attribute__((ext_vector_type(GP_WIDTH)));

#define vec GP(vec)
#define bits GP(bits)
#define INLINE static inline __attribute__((always_inline))

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

/// e^x for x up to 80, within 3 units in the last place; exactly 0 far below 0.
INLINE vec GP(exp)(vec x) {
    // x = n ln 2 + r: adding GP_MAGIC leaves the integer n in the low bits.
    vec shifted = GP(fma)(x, GP(splat)(GP_REAL_(1.4426950408889634)), GP(splat)(GP_MAGIC));
    vec n = shifted - GP_MAGIC;
    vec r = GP(fnma)(n, GP(splat)(GP_LN2_HIGH), x);
    r = GP(fnma)(n, GP(splat)(GP_LN2_LOW), r);
    static const GP_REAL c[] = GP_EXP_COEFFICIENTS; // Chebyshev fit on +- ln 2 / 2, highest power first
    vec p = GP(splat)(c[0]);
    _Pragma("clang loop unroll(full)") for (int i = 1; i < (int)(sizeof c / sizeof *c); i++) {
        p = GP(fma)(p, r, GP(splat)(c[i]));
    }
    vec result = (vec)((bits)p + ((bits)shifted << GP_MANTISSA_BITS));
    return GP(select)(x < GP_EXP_LOWEST, GP(splat)(0), result);
}

/// ln x for finite x > 0, by 2 artanh((m - 1) / (m + 1)) of the mantissa.
INLINE vec GP(log)(vec x) {
    bits half = (bits)GP(splat)(GP_REAL_(0.70710678118654752));
    bits exponent = ((bits)x - half) >> GP_MANTISSA_BITS;
    vec m = (vec)((bits)x - (exponent << GP_MANTISSA_BITS));
    vec s = (m - 1) / (m + 1);
    vec s2 = s * s;
    vec sum = GP(splat)(0);
    _Pragma("clang loop unroll(full)") for (int k = 21; k >= 1; k -= 2) {
        sum = GP(fma)(sum, s2, GP(splat)(GP_REAL_(1.0) / (GP_REAL)k));
    }
    vec e = __builtin_convertvector(exponent, vec);
    return GP(fma)(e, GP(splat)(GP_REAL_(0.69314718055994531)), 2 * s * sum);
}

/// A product of many positive numbers without overflow: mantissas multiplied, exponents added.
typedef struct GP(product) {
    vec mantissa;
    bits exponent;
} GP(product);

INLINE void GP(multiply)(GP(product) * product, vec x) {
    bits field = (bits)x >> GP_MANTISSA_BITS;
    product->exponent += field - GP_EXPONENT_BIAS;
    product->mantissa *= (vec)((bits)x - ((field - GP_EXPONENT_BIAS) << GP_MANTISSA_BITS));
}

INLINE vec GP(log_product)(GP(product) product) {
    vec e = __builtin_convertvector(product.exponent, vec);
    return GP(fma)(e, GP(splat)(GP_REAL_(0.69314718055994531)), GP(log)(product.mantissa));
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
