#define _GNU_SOURCE
#include <math.h>
#include "kernels.h"

#include <string.h>

ptrdiff_t weir_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t needle_length) {
    if (needle_length == 0) return 0;
    const uint8_t *found = memmem(text, length, needle, needle_length);
    return found ? found - text : -1;
}

// Table for machines without the instruction, filled before main so that no thread ever sees half of it.
static uint32_t crc_table[256];

__attribute__((constructor)) static void fill_crc_table(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ (0x82f63b78u & (0u - (value & 1)));
        crc_table[i] = value;
    }
}

static uint32_t crc32c_bytewise(uint32_t crc, const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) crc = (crc >> 8) ^ crc_table[(crc ^ bytes[i]) & 0xff];
    return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>
__attribute__((target("sse4.2"))) static uint32_t crc32c_instruction(uint32_t crc, const uint8_t *bytes,
                                                                     size_t length) {
    uint64_t wide = crc;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = (uint32_t)wide;
    for (; length > 0; bytes++, length--) crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}
#endif

uint32_t weir_crc32c(uint32_t seed, const uint8_t *bytes, size_t length) {
    uint32_t crc = ~seed;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc32c_instruction(crc, bytes, length);
#endif
    return ~crc32c_bytewise(crc, bytes, length);
}

double weir_power(double base, double exponent) {
    return pow(base, exponent);
}

double weir_exponential(double exponent) {
    return exp(exponent);
}

double weir_logarithm(double value) {
    return log(value);
}

double weir_logarithm2(double value) {
    return log2(value);
}

double weir_logarithm10(double value) {
    return log10(value);
}
