#include "line_ends.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

weir_traits weir_traits_of(const uint8_t *text, size_t length) {
    weir_traits traits = {0, 0};
    size_t position = 0;
#if defined(__SSE2__)
    __m128i high = _mm_setzero_si128(), zeros = _mm_setzero_si128();
    for (; position + 16 <= length; position += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(text + position));
        high = _mm_or_si128(high, bytes);
        zeros = _mm_or_si128(zeros, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
    }
    traits.has_high = _mm_movemask_epi8(high) != 0;
    traits.has_zero = _mm_movemask_epi8(zeros) != 0;
#endif
    for (; position < length; position++) {
        traits.has_high |= text[position] > 127;
        traits.has_zero |= text[position] == 0;
    }
    return traits;
}

void weir_pack_marks(const uint8_t *marks, size_t count, uint64_t *words) {
    for (size_t word = 0; word < count / 64; word++) {
        const uint8_t *part = marks + word * 64;
        uint64_t bits = 0;
#if defined(__SSE2__)
        for (int index = 0; index < 4; index++) {
            // The lowest bit of each byte moves to its highest.
            __m128i bytes = _mm_slli_epi16(_mm_loadu_si128((const __m128i *)(part + index * 16)), 7);
            bits |= (uint64_t)(unsigned)_mm_movemask_epi8(bytes) << (index * 16);
        }
#else
        for (int index = 0; index < 8; index++) {
            uint64_t eight = 0;
            for (int byte = 0; byte < 8; byte++) eight |= (uint64_t)(part[index * 8 + byte] & 1) << byte;
            bits |= eight << (index * 8);
        }
#endif
        words[word] = bits;
    }
}
