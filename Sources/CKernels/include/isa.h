#ifndef APUS_ISA_H
#define APUS_ISA_H

#include <stdbool.h>

// Swift sees these as the enum `InstructionSet` and its members.
#if defined(__clang__)
#define APUS_SWIFT_NAME(name) __attribute__((swift_name(name)))
#define APUS_CLOSED_ENUM __attribute__((enum_extensibility(closed)))
#else
#define APUS_SWIFT_NAME(name)
#define APUS_CLOSED_ENUM
#endif

/// Instruction sets that kernels are written for, from the plainest on. All give the same results, so the choice is one of speed.
typedef enum APUS_CLOSED_ENUM APUS_SWIFT_NAME("InstructionSet") apus_isa {
    /// Plain C: the oracle of the others.
    APUS_ISA_SCALAR APUS_SWIFT_NAME("scalar") = 0,
    /// x86 with AVX2 and FMA.
    APUS_ISA_AVX2 APUS_SWIFT_NAME("avx2") = 1,
    /// AVX2 with 8-bit dot products in 256-bit registers (AVX-VNNI).
    APUS_ISA_AVXVNNI APUS_SWIFT_NAME("avxvnni") = 2,
    /// AVX-512 F, BW, DQ, VL, VNNI and VBMI, all of them: Ice Lake, Zen 4 and later.
    APUS_ISA_AVX512 APUS_SWIFT_NAME("avx512") = 3,
    /// 64-bit Arm with 8-bit dot products (FEAT_DotProd).
    APUS_ISA_NEON APUS_SWIFT_NAME("neon") = 4,
} apus_isa;

enum { APUS_ISA_COUNT = 5 };

/// Whether this processor, and the system's saved registers, can run an instruction set.
bool apus_isa_available(apus_isa isa) APUS_SWIFT_NAME("getter:InstructionSet.isAvailable(self:)");

/// `scalar`, `avx2`, `avxvnni`, `avx512` or `neon`: what the environment variable `APUS_KERNELS` may say.
const char *apus_isa_name(apus_isa isa) APUS_SWIFT_NAME("getter:InstructionSet.nameBytes(self:)");

/// The instruction set in use: the best there is, or the one that `APUS_KERNELS` names. Decided at the first call.
///
/// A name that is unknown, or of a set that this processor lacks, leaves the best one; `apus_isa_complaint` tells.
apus_isa apus_isa_selected(void) APUS_SWIFT_NAME("getter:InstructionSet.selected()");

/// What is wrong with the value of `APUS_KERNELS`, as words to show; null when nothing is.
const char *apus_isa_complaint(void) APUS_SWIFT_NAME("getter:InstructionSet.complaintBytes()");

#endif
