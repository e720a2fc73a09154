#include "kernels.h"

// The first three letters of the words that name levels: trace, debug, fatal, critical, err(or), warn(ing), info.
// Three letters make false alarms rare (about one line in ten); two would stop at every "er" and "in".
static int is_start(const uint8_t *text) {
    uint32_t letters = (uint32_t)(text[0] | 0x20) << 16 | (uint32_t)(text[1] | 0x20) << 8 | (text[2] | 0x20);
    switch (letters) {
    case 'e' << 16 | 'r' << 8 | 'r':
    case 'i' << 16 | 'n' << 8 | 'f':
    case 'w' << 16 | 'a' << 8 | 'r':
    case 'd' << 16 | 'e' << 8 | 'b':
    case 't' << 16 | 'r' << 8 | 'a':
    case 'f' << 16 | 'a' << 8 | 't':
    case 'c' << 16 | 'r' << 8 | 'i':
        return 1;
    default:
        return 0;
    }
}

#if defined(__SSE2__)
#include <emmintrin.h>

// Bit i is set when one of the words may start at text + i; reads 18 bytes.
static unsigned starts_in_block(const uint8_t *text) {
    const __m128i lower = _mm_set1_epi8(0x20);
    __m128i a = _mm_or_si128(_mm_loadu_si128((const __m128i *)text), lower);
    __m128i b = _mm_or_si128(_mm_loadu_si128((const __m128i *)(text + 1)), lower);
    __m128i c = _mm_or_si128(_mm_loadu_si128((const __m128i *)(text + 2)), lower);
#define IS(x, letter) _mm_cmpeq_epi8(x, _mm_set1_epi8(letter))
#define WORD(x, y, z) _mm_and_si128(IS(a, x), _mm_and_si128(IS(b, y), IS(c, z)))
    __m128i hits = _mm_or_si128(WORD('e', 'r', 'r'), WORD('i', 'n', 'f'));
    hits = _mm_or_si128(hits, _mm_or_si128(WORD('w', 'a', 'r'), WORD('d', 'e', 'b')));
    hits = _mm_or_si128(hits, _mm_or_si128(WORD('t', 'r', 'a'), WORD('f', 'a', 't')));
    hits = _mm_or_si128(hits, WORD('c', 'r', 'i'));
#undef WORD
#undef IS
    return (unsigned)_mm_movemask_epi8(hits);
}
#endif

ptrdiff_t weir_find_level_word(const uint8_t *text, size_t length, size_t start) {
    size_t position = start;
#if defined(__SSE2__)
    for (; position + 18 <= length; position += 16) {
        unsigned hits = starts_in_block(text + position);
        if (hits) return (ptrdiff_t)(position + (size_t)__builtin_ctz(hits));
    }
#endif
    for (; position + 3 <= length; position++) {
        if (is_start(text + position)) return (ptrdiff_t)position;
    }
    return -1;
}
