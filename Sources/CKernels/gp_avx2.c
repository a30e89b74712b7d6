// 4 doubles a vector in 16 registers: blocks of 4 by 2.
#include "gp_lanes_private.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define GP_RUN gp_run_avx2
#define GP_DOUBLES 4
#define GP_COLUMNS 2
#include "gp_lanes_run.h"
#pragma clang attribute pop
#endif
