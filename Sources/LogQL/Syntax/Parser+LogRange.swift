import WeirModel

extension Parser {
    /// A log query with its window. Written as one of
    /// `{…} [5m] offset 1h | stage | unwrap x`, `{…} | stage | unwrap x [5m] offset 1h`, `({…} …) [5m] offset 1h`,
    /// or any of these in parentheses.
    mutating func logRange() throws(SyntaxError) -> LogRangeSyntax {
        guard kind == .openParenthesis else {
            guard kind == .openBrace else { throw unexpected([.openBrace, .openParenthesis]) }
            let matchers = try selector()
            if kind == .range { return try rangeBeforeStages(matchers) }
            let (stages, unwrap) = try stagesAndUnwrap(isInParentheses: false)
            return try rangeAfterStages(matchers, stages, unwrap)
        }
        try advance()
        return try nested { parser throws(SyntaxError) in try parser.parenthesizedRange() }
    }

    /// What follows `(`: a range of its own, or a log query whose range stands behind the `)`.
    private mutating func parenthesizedRange() throws(SyntaxError) -> LogRangeSyntax {
        let inner: LogRangeSyntax
        if kind == .openBrace {
            let matchers = try selector()
            if kind == .range {
                inner = try rangeBeforeStages(matchers)
            } else {
                let (stages, unwrap) = try stagesAndUnwrap(isInParentheses: true)
                if try accept(.closeParenthesis) {
                    return try rangeBehindParenthesis(matchers, stages, unwrap)
                }
                inner = try rangeAfterStages(matchers, stages, unwrap, isInParentheses: true)
            }
        } else {
            inner = try logRange()
        }
        try expect(.closeParenthesis)
        return inner
    }

    /// `[5m] offset 1h | stage | unwrap x`
    private mutating func rangeBeforeStages(_ matchers: [Matcher]) throws(SyntaxError) -> LogRangeSyntax {
        let window = try expect(.range).nanoseconds
        let offset = try self.offset()
        guard startsStage else {
            return LogRangeSyntax(
                query: LogQuery(matchers: matchers, stages: []), unwrap: nil, windowNanoseconds: window,
                offsetNanoseconds: offset)
        }
        let (stages, unwrap) = try stagesAndUnwrap(isInParentheses: false)
        return LogRangeSyntax(
            query: LogQuery(matchers: matchers, stages: stages), unwrap: unwrap, windowNanoseconds: window,
            offsetNanoseconds: offset)
    }

    /// `[5m] offset 1h` behind the stages.
    private mutating func rangeAfterStages(
        _ matchers: [Matcher], _ stages: [StageSyntax], _ unwrap: UnwrapSyntax?, isInParentheses: Bool = false
    ) throws(SyntaxError) -> LogRangeSyntax {
        guard kind == .range else {
            guard unwrap != nil else { throw unexpected() }
            throw unexpected(isInParentheses ? [.range, .closeParenthesis, .pipe] : [.range, .pipe])
        }
        let window = token.nanoseconds
        try advance()
        return LogRangeSyntax(
            query: LogQuery(matchers: matchers, stages: stages), unwrap: unwrap, windowNanoseconds: window,
            offsetNanoseconds: try offset())
    }

    /// `[5m] offset 1h | unwrap x` behind `({…})`; the unwrap only where the parentheses hold a bare selector.
    private mutating func rangeBehindParenthesis(
        _ matchers: [Matcher], _ stages: [StageSyntax], _ unwrap: UnwrapSyntax?
    ) throws(SyntaxError) -> LogRangeSyntax {
        let window = try expect(.range).nanoseconds
        let offset = try self.offset()
        var unwrap = unwrap
        if stages.isEmpty, unwrap == nil, try accept(.pipe) {
            try expect(.unwrap)
            unwrap = try self.unwrap()
        }
        return LogRangeSyntax(
            query: LogQuery(matchers: matchers, stages: stages), unwrap: unwrap, windowNanoseconds: window,
            offsetNanoseconds: offset)
    }

    /// `offset 1h`, if it stands here.
    mutating func offset() throws(SyntaxError) -> Int64 {
        guard try accept(.offset) else { return 0 }
        return try expect(.duration).nanoseconds
    }

    private mutating func stagesAndUnwrap(
        isInParentheses: Bool
    ) throws(SyntaxError) -> ([StageSyntax], UnwrapSyntax?) {
        var collected: [StageSyntax] = []
        while startsStage {
            guard kind == .pipe else {
                collected += try lineFilters()
                continue
            }
            try advance()
            if try accept(.unwrap) { return (collected, try unwrap()) }
            collected.append(try pipedStage())
            if try acceptFlag("--skip-errors") { collected.append(.skipErrors) }
        }
        return (collected, nil)
    }

    /// `duration(took) | a="b"`
    private mutating func unwrap() throws(SyntaxError) -> UnwrapSyntax {
        var unwrap: UnwrapSyntax
        let conversion: UnwrapSyntax.Conversion
        switch kind {
        case .bytesConversion: conversion = .bytes
        case .durationConversion: conversion = .duration
        case .durationSecondsConversion: conversion = .durationSeconds
        default: conversion = .number
        }
        if conversion == .number {
            let expected: [Token.Kind] = [
                .identifier, .bytesConversion, .durationConversion, .durationSecondsConversion,
            ]
            unwrap = UnwrapSyntax(label: try expect(.identifier, expecting: expected).text, conversion: .number)
        } else {
            try advance()
            try expect(.openParenthesis)
            unwrap = UnwrapSyntax(label: try expect(.identifier).text, conversion: conversion)
            try expect(.closeParenthesis)
        }
        while try accept(.pipe) { unwrap.filters.append(try labelFilter()) }
        unwrap.skipsErrors = try acceptFlag("--skip-errors")
        return unwrap
    }
}
