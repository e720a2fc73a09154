#include "line_ends.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Four numbers of 0...255 without leading zeros.
static int64_t ipv4_of_bytes(const uint8_t *text, size_t length) {
    uint32_t address = 0, part = 0;
    int digits = 0, dots = 0;
    for (size_t index = 0; index < length; index++) {
        uint8_t byte = text[index];
        if (byte == '.') {
            if (digits == 0 || dots == 3) return -1;
            address = address << 8 | part;
            dots++;
            part = 0;
            digits = 0;
            continue;
        }
        uint8_t digit = (uint8_t)(byte - '0');
        // A zero may only stand alone.
        if (digit > 9 || (digits > 0 && part == 0)) return -1;
        part = part * 10 + digit;
        digits++;
        if (part > 255) return -1;
    }
    if (dots != 3 || digits == 0) return -1;
    return (int64_t)(address << 8 | part);
}

#if defined(__SSE2__)
// The number of 1 to 3 digits, or more than 255 when they are none; reads four bytes. Addresses differ in how long their
// parts are, so nothing here asks for it.
static inline uint32_t part_of(const uint8_t *text, size_t length) {
    uint32_t word;
    memcpy(&word, text, 4);
    // The last digit comes to the top, zeros in below the first.
    word = (word ^ 0x30303030u) << (32 - 8 * length);
    uint32_t is_wrong = (word | (word + 0x76767676u)) & 0x80808080u;
    uint32_t number = (word >> 24) + (word >> 16 & 0xff) * 10 + (word >> 8 & 0xff) * 100;
    uint32_t least = length == 1 ? 0 : length == 2 ? 10 : 100;
    return is_wrong || number < least ? 256 : number;
}
#endif

int64_t weir_ipv4(const uint8_t *text, size_t length, size_t readable) {
    if (length < 7 || length > 15) return -1;
#if defined(__SSE2__)
    if (readable >= 20) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)text);
        unsigned dots = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')));
        dots &= (1u << length) - 1;
        size_t starts[4], ends[4];
        size_t start = 0;
        for (int part = 0; part < 3; part++) {
            if (dots == 0) return -1;
            starts[part] = start;
            ends[part] = (size_t)__builtin_ctz(dots);
            start = ends[part] + 1;
            dots &= dots - 1;
        }
        if (dots != 0) return -1;
        starts[3] = start;
        ends[3] = length;
        uint32_t address = 0, parts = 0;
        for (int part = 0; part < 4; part++) {
            size_t digits = ends[part] - starts[part];
            if (digits - 1 > 2) return -1;
            uint32_t number = part_of(text + starts[part], digits);
            parts |= number;
            address = address << 8 | (number & 0xff);
        }
        return parts > 255 ? -1 : (int64_t)address;
    }
#else
    (void)readable;
#endif
    return ipv4_of_bytes(text, length);
}
