#include "include/isa.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

static const char *const names[APUS_ISA_COUNT] = {"scalar", "avx2", "avxvnni", "avx512", "neon"};

const char *apus_isa_name(apus_isa isa) {
    return (unsigned)isa < APUS_ISA_COUNT ? names[isa] : "unknown";
}

#if defined(__x86_64__)

static bool has_bit(unsigned word, unsigned bit) {
    return (word >> bit) & 1;
}

// Bit numbers: Intel 64 and IA-32 Architectures Software Developer's Manual, CPUID leaves 1 and 7.
static bool x86_available(apus_isa isa) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    if (!has_bit(c, 12) || !has_bit(c, 27)) return false; // FMA, OSXSAVE
    uint32_t state, high;
    __asm__("xgetbv" : "=a"(state), "=d"(high) : "c"(0));
    if ((state & 0x06) != 0x06) return false; // the system saves XMM and YMM
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !has_bit(b, 5)) return false;
    if (isa == APUS_ISA_AVX2) return true;
    if (isa == APUS_ISA_AVX512) {
        bool has_registers = (state & 0xe0) == 0xe0; // mask registers and both halves of ZMM
        bool has_f_dq_bw_vl = has_bit(b, 16) && has_bit(b, 17) && has_bit(b, 30) && has_bit(b, 31);
        return has_registers && has_f_dq_bw_vl && has_bit(c, 1) && has_bit(c, 11); // VBMI, VNNI
    }
    unsigned a1, b1, c1, d1;
    return __get_cpuid_count(7, 1, &a1, &b1, &c1, &d1) && has_bit(a1, 4);
}

#endif

bool apus_isa_available(apus_isa isa) {
    if (isa == APUS_ISA_SCALAR) return true;
#if defined(__x86_64__)
    if (isa == APUS_ISA_AVX2 || isa == APUS_ISA_AVXVNNI || isa == APUS_ISA_AVX512) return x86_available(isa);
#elif defined(__aarch64__) && defined(__linux__)
    if (isa == APUS_ISA_NEON) return (getauxval(AT_HWCAP) & (1UL << 20)) != 0; // HWCAP_ASIMDDP
#elif defined(__aarch64__)
    if (isa == APUS_ISA_NEON) return true;
#endif
    return false;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static apus_isa selected;
static char complaint[200];

static void choose(void) {
    static const apus_isa order[] = {APUS_ISA_AVX512, APUS_ISA_AVXVNNI, APUS_ISA_AVX2, APUS_ISA_NEON};
    selected = APUS_ISA_SCALAR;
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++) {
        if (apus_isa_available(order[i])) {
            selected = order[i];
            break;
        }
    }
    const char *wanted = getenv("APUS_KERNELS");
    if (!wanted || !*wanted) return;
    for (int isa = 0; isa < APUS_ISA_COUNT; isa++) {
        if (strcmp(wanted, names[isa]) != 0) continue;
        if (apus_isa_available((apus_isa)isa)) {
            selected = (apus_isa)isa;
        } else {
            snprintf(complaint, sizeof complaint, "APUS_KERNELS=%s: this processor cannot run it", names[isa]);
        }
        return;
    }
    snprintf(
        complaint, sizeof complaint, "APUS_KERNELS=%.40s is unknown; it may be scalar, avx2, avxvnni, avx512 or neon",
        wanted);
}

apus_isa apus_isa_selected(void) {
    pthread_once(&once, choose);
    return selected;
}

const char *apus_isa_complaint(void) {
    pthread_once(&once, choose);
    return complaint[0] ? complaint : 0;
}
