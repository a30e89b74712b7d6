// Two lanes and no instruction set: what every processor can run. Without one for it, a multiply-add is a call of `fma`.
#include "gp_lanes_private.h"

#define GP_RUN gp_run_scalar
#define GP_DOUBLES 2
#define GP_COLUMNS 2
#include "gp_lanes_run.h"
