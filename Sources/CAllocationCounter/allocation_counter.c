#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

static __thread bool is_counting;
static __thread uint64_t count;

#if defined(__GLIBC__) && !defined(SANITIZED)

// glibc's own names for its allocator. free is left alone: all memory here is glibc's.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static inline void note(void) {
    // A branch that is not taken is all that a program pays which never counts.
    if (__builtin_expect(is_counting, false)) count += 1;
}

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    note();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    // What POSIX demands of an alignment: a power of two and a multiple of a pointer's size.
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    note();
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}

bool apus_allocation_counter_works(void) { return true; }

#else

bool apus_allocation_counter_works(void) { return false; }

#endif

void apus_allocation_counter_start(void) {
    count = 0;
    is_counting = true;
}

uint64_t apus_allocation_counter_stop(void) {
    is_counting = false;
    return count;
}
