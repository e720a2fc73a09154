// Where the parts of a line end, sixteen bytes at a time where the CPU can. Inlined, because most parts are shorter than
// a call takes.
//
// Each function looks at text[position..<end] and may read up to `readable`, which is not before `end`; it returns `end`
// when nothing ends the part before.
#ifndef WEIR_LINE_ENDS_H
#define WEIR_LINE_ENDS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
// Vectors of the compiler, because <emmintrin.h> brings in headers of the C library, which Swift sees another way.
typedef uint8_t weir_bytes __attribute__((vector_size(16)));
typedef char weir_marks __attribute__((vector_size(16)));

static inline weir_bytes weir_load(const uint8_t *text) {
    weir_bytes bytes;
    __builtin_memcpy(&bytes, text, sizeof bytes);
    return bytes;
}

static inline weir_bytes weir_all(uint8_t byte) {
    return (weir_bytes){byte, byte, byte, byte, byte, byte, byte, byte,
                        byte, byte, byte, byte, byte, byte, byte, byte};
}

/// All bits of the bytes that equal `byte`.
static inline weir_bytes weir_equal(weir_bytes bytes, uint8_t byte) { return (weir_bytes)(bytes == weir_all(byte)); }

/// All bits of the bytes that are at least `low` and at most `low + span`.
static inline weir_bytes weir_in_range(weir_bytes bytes, uint8_t low, uint8_t span) {
    return (weir_bytes)(bytes - weir_all(low) <= weir_all(span));
}

/// The highest bit of each byte, the first lowest.
static inline unsigned weir_bits(weir_bytes bytes) { return (unsigned)__builtin_ia32_pmovmskb128((weir_marks)bytes); }

// Calls STOPS with sixteen bytes, which gives all bits of those that end the part.
#define WEIR_SKIP_BLOCKS(STOPS)                                                                    \
    while (position + 16 <= readable) {                                                            \
        weir_bytes bytes = weir_load(text + position);                                             \
        unsigned stops = weir_bits(STOPS);                                                         \
        if (stops) {                                                                               \
            position += (size_t)__builtin_ctz(stops);                                              \
            return position < end ? position : end;                                                \
        }                                                                                          \
        position += 16;                                                                            \
        if (position >= end) return end;                                                           \
    }
#else
#define WEIR_SKIP_BLOCKS(STOPS)
#endif

/// The first quote or backslash.
static inline size_t weir_end_of_plain_string(const uint8_t *text, size_t position, size_t end, size_t readable) {
    WEIR_SKIP_BLOCKS(weir_equal(bytes, '"') | weir_equal(bytes, '\\'))
    while (position < end && text[position] != '"' && text[position] != '\\') position++;
    return position;
}

/// The first byte that is no decimal digit.
static inline size_t weir_end_of_digits(const uint8_t *text, size_t position, size_t end, size_t readable) {
    WEIR_SKIP_BLOCKS(~weir_in_range(bytes, '0', 9))
    while (position < end && (uint8_t)(text[position] - '0') < 10) position++;
    return position;
}

/// The first byte up to the space, `=` or quote.
static inline size_t weir_end_of_bare_value(const uint8_t *text, size_t position, size_t end, size_t readable) {
    WEIR_SKIP_BLOCKS(weir_in_range(bytes, 0, ' ') | weir_equal(bytes, '"') | weir_equal(bytes, '='))
    while (position < end && text[position] > ' ' && text[position] != '"' && text[position] != '=') position++;
    return position;
}

/// The first byte that is no letter, digit or `_`, or `position` itself when no digit stands before it.
static inline size_t weir_end_of_numbered_word(const uint8_t *text, size_t position, size_t end, size_t readable) {
    const size_t start = position;
    unsigned seen = 0;
#if defined(__SSE2__)
    while (position + 16 <= readable) {
        weir_bytes bytes = weir_load(text + position);
        weir_bytes digits = weir_in_range(bytes, '0', 9);
        weir_bytes words = digits | weir_in_range(bytes | weir_all(0x20), 'a', 25) | weir_equal(bytes, '_');
        unsigned stops = weir_bits(~words);
        if (end - position < 16) stops |= 1u << (end - position);
        unsigned found = weir_bits(digits);
        if (stops) {
            unsigned count = (unsigned)__builtin_ctz(stops);
            seen |= found & ((1u << count) - 1);
            return seen ? position + count : start;
        }
        seen |= found;
        position += 16;
    }
#endif
    while (position < end) {
        uint8_t byte = text[position];
        unsigned digit = (uint8_t)(byte - '0') < 10;
        if (!digit && (uint8_t)((byte | 0x20) - 'a') >= 26 && byte != '_') break;
        seen |= digit;
        position++;
    }
    return seen ? position : start;
}

/// Whether `length` bytes of text are those of `literal`, behind which 31 bytes can be read; `readable` counts from
/// `text` and is at least `length`.
static inline int weir_has_prefix(const uint8_t *text, const uint8_t *literal, size_t length, size_t readable) {
    size_t offset = 0;
#if defined(__SSE2__)
    while (offset < length && offset + 16 <= readable) {
        unsigned differ = weir_bits((weir_bytes)(weir_load(text + offset) != weir_load(literal + offset)));
        if (length - offset < 16) differ &= (1u << (length - offset)) - 1;
        if (differ) return 0;
        offset += 16;
    }
#endif
    for (; offset < length; offset++) {
        if (text[offset] != literal[offset]) return 0;
    }
    return 1;
}

/// A run of bytes in a text.
typedef struct {
    uint32_t offset;
    uint32_t length;
} weir_span;

/// Fills `spans` with the longest runs of letters, digits and, if `underscore` is not 0, `_` that have a digit in them, in
/// their order; returns how many there are, or `room + 1` when there are more than `room`.
size_t weir_numbered_words(const uint8_t *text, size_t length, int underscore, weir_span *spans, size_t room);

/// What holds for the bytes of a text.
typedef struct {
    /// Whether a byte above 127 is among them.
    int has_high;
    /// Whether a zero is among them.
    int has_zero;
} weir_traits;

/// The traits of a text.
weir_traits weir_traits_of(const uint8_t *text, size_t length);

/// Packs `count` marks, each 0 or 1, to bits, from the lowest of the first word on; `count` is a multiple of 64.
void weir_pack_marks(const uint8_t *marks, size_t count, uint64_t *words);

/// The number of the IPv4 address that `length` bytes are, the first part highest, or -1 when they are none as everybody
/// writes them; `readable` is at least `length`.
int64_t weir_ipv4(const uint8_t *text, size_t length, size_t readable);

#endif
