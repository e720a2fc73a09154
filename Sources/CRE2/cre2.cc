#include "cre2.h"

#include <re2/re2.h>

#include <map>
#include <string>

struct cre2_pattern {
    re2::RE2 re;
    std::map<int, std::string> names;
    cre2_pattern(const re2::StringPiece &text, const re2::RE2::Options &options) : re(text, options) {}
};

extern "C" cre2_pattern *cre2_compile(const char *text, size_t length, bool latin1, bool never_newline,
                                      int64_t memory_max) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_encoding(latin1 ? re2::RE2::Options::EncodingLatin1 : re2::RE2::Options::EncodingUTF8);
    options.set_never_nl(never_newline);
    options.set_max_mem(memory_max);
    auto *pattern = new cre2_pattern(re2::StringPiece(text, length), options);
    if (pattern->re.ok()) pattern->names = pattern->re.CapturingGroupNames();
    return pattern;
}

extern "C" void cre2_free(cre2_pattern *pattern) { delete pattern; }

extern "C" const char *cre2_error(const cre2_pattern *pattern) {
    return pattern->re.ok() ? nullptr : pattern->re.error().c_str();
}

extern "C" const char *cre2_error_argument(const cre2_pattern *pattern) { return pattern->re.error_arg().c_str(); }

extern "C" int cre2_group_count(const cre2_pattern *pattern) { return pattern->re.NumberOfCapturingGroups(); }

extern "C" const char *cre2_group_name(const cre2_pattern *pattern, int group) {
    auto found = pattern->names.find(group);
    return found == pattern->names.end() ? nullptr : found->second.c_str();
}

extern "C" bool cre2_search(const cre2_pattern *pattern, const uint8_t *text, size_t start, size_t end,
                            cre2_span *spans, int span_count) {
    constexpr int kSpansOnStack = 32;
    re2::StringPiece onStack[kSpansOnStack];
    re2::StringPiece *pieces = span_count <= kSpansOnStack ? onStack : new re2::StringPiece[span_count];
    const char *base = reinterpret_cast<const char *>(text);
    bool found = pattern->re.Match(re2::StringPiece(base, end), start, end, re2::RE2::UNANCHORED, pieces, span_count);
    for (int i = 0; found && i < span_count; i++) {
        if (pieces[i].data() == nullptr) {
            spans[i] = {-1, -1};
        } else {
            spans[i].start = pieces[i].data() - base;
            spans[i].end = spans[i].start + static_cast<ptrdiff_t>(pieces[i].size());
        }
    }
    if (pieces != onStack) delete[] pieces;
    return found;
}
