#ifndef APUS_CKERNELS_H
#define APUS_CKERNELS_H

#include "gp_lanes.h"
#include "int8_kernels.h"
#include "isa.h"

#endif
