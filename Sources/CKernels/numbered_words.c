#include "line_ends.h"

#include <string.h>

// Which of 64 bytes may stand in words, and which of those are digits; bit i is byte i.
typedef struct {
    uint64_t words;
    uint64_t digits;
} masks;

static masks masks_of(const uint8_t *text, uint8_t extra) {
    masks found = {0, 0};
#if defined(__SSE2__)
    for (int part = 0; part < 4; part++) {
        weir_bytes bytes = weir_load(text + part * 16);
        weir_bytes digits = weir_in_range(bytes, '0', 9);
        weir_bytes words = digits | weir_in_range(bytes | weir_all(0x20), 'a', 25) | weir_equal(bytes, extra);
        found.digits |= (uint64_t)weir_bits(digits) << (part * 16);
        found.words |= (uint64_t)weir_bits(words) << (part * 16);
    }
#else
    for (int index = 0; index < 64; index++) {
        uint8_t byte = text[index];
        uint64_t digit = (uint8_t)(byte - '0') < 10;
        uint64_t word = digit | ((uint8_t)((byte | 0x20) - 'a') < 26) | (byte == extra);
        found.digits |= digit << index;
        found.words |= word << index;
    }
#endif
    return found;
}

// The lowest `count` bits; all of them from 64 on.
static uint64_t lowest(int count) { return count >= 64 ? ~0ull : (1ull << count) - 1; }

size_t weir_numbered_words(const uint8_t *text, size_t length, int underscore, weir_span *spans, size_t room) {
    // A digit stands for no extra byte: digits belong to words already.
    const uint8_t extra = underscore ? '_' : '0';
    size_t count = 0;
    size_t open = 0;
    int is_open = 0, open_has_digit = 0;
#define ADD(first, last)                                                                           \
    do {                                                                                           \
        if (count == room) return room + 1;                                                        \
        spans[count].offset = (uint32_t)(first);                                                   \
        spans[count].length = (uint32_t)((last) - (first));                                        \
        count++;                                                                                   \
    } while (0)
    for (size_t base = 0; base < length; base += 64) {
        uint8_t rest[64];
        masks found;
        if (length - base >= 64) {
            found = masks_of(text + base, extra);
        } else {
            // Zeros stand in no word.
            memset(rest, 0, sizeof rest);
            memcpy(rest, text + base, length - base);
            found = masks_of(rest, extra);
        }
        uint64_t words = found.words, digits = found.digits;
        if (is_open) {
            // The word that reached the end of the 64 bytes before.
            int leading = ~words ? __builtin_ctzll(~words) : 64;
            open_has_digit |= (digits & lowest(leading)) != 0;
            if (leading == 64) continue;
            if (open_has_digit) ADD(open, base + (size_t)leading);
            digits &= ~lowest(leading);
            is_open = 0;
        }
        int trailing = ~words ? __builtin_clzll(~words) : 64;
        if (trailing > 0) {
            open = base + 64 - (size_t)trailing;
            is_open = 1;
            open_has_digit = (digits & ~lowest(64 - trailing)) != 0;
            digits &= lowest(64 - trailing);
        }
        while (digits) {
            int digit = __builtin_ctzll(digits);
            uint64_t before = ~words & lowest(digit);
            int first = before ? 64 - __builtin_clzll(before) : 0;
            // The word ends before bit 64, or it would be the open one.
            int last = __builtin_ctzll(~words & ~lowest(digit));
            ADD(base + (size_t)first, base + (size_t)last);
            digits &= ~lowest(last);
        }
    }
    if (is_open && open_has_digit) ADD(open, length);
#undef ADD
    return count;
}
