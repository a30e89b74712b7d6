// Makes room for the same headers with another type of number.

#undef GP
#undef GP_REAL
#undef GP_INT
#undef GP_WIDTH
#undef GP_MAGIC
#undef GP_LN2_HIGH
#undef GP_LN2_LOW
#undef GP_MANTISSA_BITS
#undef GP_EXPONENT_BIAS
#undef GP_EXP_LOWEST
#undef GP_EXP_COEFFICIENTS
#undef vec
#undef bits
#undef INLINE
#undef OUTLINE
