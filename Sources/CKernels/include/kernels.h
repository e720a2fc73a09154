// Loops over bytes that need CPU instructions which Swift does not reach. Called once per block or line, never per byte.
#ifndef WEIR_KERNELS_H
#define WEIR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "line_ends.h"

/// The first occurrence of needle in text, or -1. An empty needle is found at 0.
ptrdiff_t weir_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t needle_length);

/// CRC-32C (Castagnoli) of bytes, continuing from `seed` (0 to start); the value that iSCSI and RFC 3720 define.
uint32_t weir_crc32c(uint32_t seed, const uint8_t *bytes, size_t length);

/// `base` to the power of `exponent`, as C's pow; here because most targets do not see the C library.
double weir_power(double base, double exponent);

/// C's exp, log, log2 and log10.
double weir_exponential(double exponent);
double weir_logarithm(double value);
double weir_logarithm2(double value);
double weir_logarithm10(double value);

/// The first position from `start` where three letters, in either case, begin trace, debug, fatal, critical, err, warn or
/// info; -1 when there is none.
ptrdiff_t weir_find_level_word(const uint8_t *text, size_t length, size_t start);

/// Bytes from `first` to `last` that belong to a class.
typedef struct {
    uint8_t first;
    uint8_t last;
    uint8_t class_number;
} weir_byte_range;

/// How many classes there may be; their numbers are smaller.
#define WEIR_RUN_CLASSES_MAX 32

/// The first position from `start` where each of the next `run_length` bytes, 1 to 32, belongs to the class that `run`
/// names for it; -1 when there is none.
ptrdiff_t weir_find_class_run(const uint8_t *text, size_t length, size_t start, const weir_byte_range *ranges,
                              size_t range_count, const uint8_t *run, size_t run_length);

#endif
