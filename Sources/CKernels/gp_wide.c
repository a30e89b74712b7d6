// The width of AVX-512 in pairs of AVX2 registers, for tests where there is no AVX-512.
#include "gp_lanes_private.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define GP_RUN gp_run_wide
#define GP_DOUBLES 8
#define GP_COLUMNS 4
#include "gp_lanes_run.h"
#pragma clang attribute pop
#endif
