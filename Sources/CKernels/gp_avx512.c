// 8 doubles a vector in 32 registers: blocks of 4 by 4.
#include "gp_lanes_private.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define GP_RUN gp_run_avx512
#define GP_DOUBLES 8
#define GP_COLUMNS 4
#include "gp_lanes_run.h"
#pragma clang attribute pop
#endif
