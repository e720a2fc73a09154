// RE2 behind a C face: Swift cannot import the C++ class. Patterns are immutable and may be used by many threads.
#ifndef WEIR_CRE2_H
#define WEIR_CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cre2_pattern cre2_pattern;

/// A stretch of the searched text; start is negative for a group that took no part.
typedef struct {
    ptrdiff_t start;
    ptrdiff_t end;
} cre2_span;

/// Compiles a pattern; never NULL. `latin1` treats bytes as characters, `never_newline` stops every match at '\n'.
cre2_pattern *cre2_compile(const char *text, size_t length, bool latin1, bool never_newline, int64_t memory_max);
void cre2_free(cre2_pattern *pattern);

/// The reason why the pattern did not compile, or NULL if it did. Lives as long as the pattern.
const char *cre2_error(const cre2_pattern *pattern);
/// The part of the pattern that the error is about.
const char *cre2_error_argument(const cre2_pattern *pattern);

/// The number of capturing groups, without the whole match.
int cre2_group_count(const cre2_pattern *pattern);
/// The name of group 1... as a NUL-terminated text, or NULL if it has none. Lives as long as the pattern.
const char *cre2_group_name(const cre2_pattern *pattern, int group);

/// Searches text[start, end) unanchored; fills spans[0, span_count) with the match and its groups as offsets in text.
bool cre2_search(const cre2_pattern *pattern, const uint8_t *text, size_t start, size_t end, cre2_span *spans,
                 int span_count);

#ifdef __cplusplus
}
#endif
#endif
