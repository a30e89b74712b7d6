#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Counts the heap allocations of one thread: calls of malloc, calloc, realloc and the aligned kinds.
///
/// The program that links this gets its own definitions of those functions; they count while the thread has asked for
/// it, and pass everything on to glibc. Elsewhere than on glibc, and under a sanitizer, nothing is counted.

/// False where allocations cannot be counted.
bool apus_allocation_counter_works(void);

/// Starts at 0, for the calling thread.
void apus_allocation_counter_start(void);

/// Stops, and returns how many allocations the calling thread has made since the start.
uint64_t apus_allocation_counter_stop(void);
