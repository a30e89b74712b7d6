// 2 doubles a vector in 32 registers: blocks of 4 by 4.
#include "gp_lanes_private.h"

#if defined(__aarch64__)
#define GP_RUN gp_run_neon
#define GP_DOUBLES 2
#define GP_COLUMNS 4
#include "gp_lanes_run.h"
#endif
