#include "kernels.h"

#include <string.h>

// One bit a byte: whether it lies in one of the ranges of a class.
#if defined(__SSE2__)
#include <emmintrin.h>

static uint64_t members(const uint8_t *block, const weir_byte_range *ranges, size_t range_count, uint8_t class_number) {
    uint64_t bits = 0;
    for (int part = 0; part < 4; part++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(block + 16 * part));
        __m128i hits = _mm_setzero_si128();
        for (size_t i = 0; i < range_count; i++) {
            if (ranges[i].class_number != class_number) continue;
            __m128i distance = _mm_sub_epi8(bytes, _mm_set1_epi8((char)ranges[i].first));
            __m128i span = _mm_set1_epi8((char)(ranges[i].last - ranges[i].first));
            hits = _mm_or_si128(hits, _mm_cmpeq_epi8(_mm_min_epu8(distance, span), distance));
        }
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(hits) << (16 * part);
    }
    return bits;
}
#else
static uint64_t members(const uint8_t *block, const weir_byte_range *ranges, size_t range_count, uint8_t class_number) {
    uint64_t bits = 0;
    for (size_t i = 0; i < range_count; i++) {
        if (ranges[i].class_number != class_number) continue;
        uint8_t span = (uint8_t)(ranges[i].last - ranges[i].first);
        for (int at = 0; at < 64; at++) bits |= (uint64_t)((uint8_t)(block[at] - ranges[i].first) <= span) << at;
    }
    return bits;
}
#endif

// The positions of a block of 64 bytes where a run starts; those less than a run from its end are meaningless.
static uint64_t starts_in_block(const uint8_t *block, const weir_byte_range *ranges, size_t range_count,
                                const uint8_t *run, size_t run_length) {
    uint64_t of_class[WEIR_RUN_CLASSES_MAX];
    uint64_t known = 0;
    uint64_t starts = ~(uint64_t)0;
    for (size_t i = 0; i < run_length && starts; i++) {
        uint8_t class_number = run[i];
        if (!(known >> class_number & 1)) {
            of_class[class_number] = members(block, ranges, range_count, class_number);
            known |= (uint64_t)1 << class_number;
        }
        starts &= of_class[class_number] >> i;
    }
    return starts;
}

ptrdiff_t weir_find_class_run(const uint8_t *text, size_t length, size_t start, const weir_byte_range *ranges,
                              size_t range_count, const uint8_t *run, size_t run_length) {
    size_t step = 65 - run_length;
    size_t position = start;
    for (; position + 64 <= length; position += step) {
        uint64_t starts = starts_in_block(text + position, ranges, range_count, run, run_length);
        if (step < 64) starts &= ((uint64_t)1 << step) - 1;
        if (starts) return (ptrdiff_t)(position + (size_t)__builtin_ctzll(starts));
    }
    while (position + run_length <= length) {
        uint8_t block[64] = {0};
        size_t rest = length - position < 64 ? length - position : 64;
        memcpy(block, text + position, rest);
        uint64_t starts = starts_in_block(block, ranges, range_count, run, run_length);
        // A run must end within the text, whatever the filling bytes are taken for.
        size_t valid = rest - run_length + 1;
        if (valid < 64) starts &= ((uint64_t)1 << valid) - 1;
        if (starts) return (ptrdiff_t)(position + (size_t)__builtin_ctzll(starts));
        position += valid;
    }
    return -1;
}
