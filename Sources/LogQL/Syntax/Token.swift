/// A word of the language with its place.
struct Token {
    /// What the grammar sees; the raw value is the name that Loki's messages print.
    enum Kind: String, Hashable {
        case end = "$end"
        case bytes = "BYTES"
        case identifier = "IDENTIFIER"
        case string = "STRING"
        case number = "NUMBER"
        case flag = "FUNCTION_FLAG"
        case duration = "DURATION"
        case range = "RANGE"
        case subrange = "SUBRANGE"

        case equal = "="
        case matches = "=~"
        case doesNotMatch = "!~"
        case doesNotFitPattern = "!>"
        case openBrace = "{"
        case closeBrace = "}"
        case closeBracket = "]"
        case comma = ","
        case dot = "."
        case pipeMatches = "|~"
        case pipeContains = "|="
        case pipeFitsPattern = "|>"
        case openParenthesis = "("
        case closeParenthesis = ")"
        case pipe = "|"

        case by, without, bool, json, regexp, logfmt, unwrap, unpack, offset, pattern, ip, on, ignoring
        case decolorize, drop, keep, variants, of
        case lineFormat = "line_format"
        case labelFormat = "label_format"
        case groupLeft = "group_left"
        case groupRight = "group_right"
        case labelReplace = "label_replace"

        case or, and, unless
        case comparesEqual = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case modulo = "%"
        case power = "^"

        case countOverTime = "COUNT_OVER_TIME"
        case rate = "RATE"
        case rateCounter = "RATE_COUNTER"
        case bytesOverTime = "BYTES_OVER_TIME"
        case bytesRate = "BYTES_RATE"
        case absentOverTime = "ABSENT_OVER_TIME"
        case sumOverTime = "SUM_OVER_TIME"
        case avgOverTime = "AVG_OVER_TIME"
        case minOverTime = "MIN_OVER_TIME"
        case maxOverTime = "MAX_OVER_TIME"
        case stddevOverTime = "STDDEV_OVER_TIME"
        case stdvarOverTime = "STDVAR_OVER_TIME"
        case quantileOverTime = "QUANTILE_OVER_TIME"
        case firstOverTime = "FIRST_OVER_TIME"
        case lastOverTime = "LAST_OVER_TIME"
        case increase = "INCREASE"
        case countDistinct = "COUNT_DISTINCT"
        case abs = "ABS"
        case ceil = "CEIL"
        case floor = "FLOOR"
        case round = "ROUND"
        case clampMin = "CLAMP_MIN"
        case clampMax = "CLAMP_MAX"
        case vector = "VECTOR"
        case sum = "SUM"
        case avg = "AVG"
        case min = "MIN"
        case max = "MAX"
        case count = "COUNT"
        case stddev = "STDDEV"
        case stdvar = "STDVAR"
        case topk = "TOPK"
        case bottomk = "BOTTOMK"
        case sort = "SORT"
        case sortDescending = "SORT_DESC"
        case approximateTopK = "APPROX_TOPK"
        case bytesConversion = "BYTES_CONV"
        case durationConversion = "DURATION_CONV"
        case durationSecondsConversion = "DURATION_SECONDS_CONV"
    }

    /// What the grammar sees.
    var kind: Kind
    /// The text of an identifier, number or flag as written, and of a string without quotes and escapes.
    var text = ""
    /// The length of a duration or range.
    var nanoseconds: Int64 = 0
    /// The step of a subquery's range.
    var stepNanoseconds: Int64 = 0
    /// The size of a number of bytes.
    var size: UInt64 = 0
    /// The line from 1; 0 where Loki loses count (see ``Lexer``).
    var line: Int
    /// The column in characters, from 1.
    var column: Int
}

extension Token.Kind {
    /// Names that are functions before `(`, `by` or `without`, and labels elsewhere.
    static let functions: [String: Token.Kind] = {
        let upperCased: [Token.Kind] = [
            .countOverTime, .rate, .rateCounter, .bytesOverTime, .bytesRate, .absentOverTime, .sumOverTime,
            .avgOverTime, .minOverTime, .maxOverTime, .stddevOverTime, .stdvarOverTime, .quantileOverTime,
            .firstOverTime, .lastOverTime, .vector, .sum, .avg, .min, .max, .count, .stddev, .stdvar, .topk,
            .bottomk, .sort, .sortDescending, .approximateTopK,
        ]
        var functions: [String: Token.Kind] = [
            "bytes": .bytesConversion, "duration": .durationConversion,
            "duration_seconds": .durationSecondsConversion, "label_replace": .labelReplace, "ip": .ip,
        ]
        for kind in upperCased { functions[kind.rawValue.lowercased()] = kind }
        return functions
    }()

    /// The same for functions that Loki does not have.
    static let extendedFunctions: [String: Token.Kind] = {
        let kinds: [Token.Kind] = [.increase, .countDistinct, .abs, .ceil, .floor, .round, .clampMin, .clampMax]
        return Dictionary(uniqueKeysWithValues: kinds.map { ($0.rawValue.lowercased(), $0) })
    }()

    /// Words that never name a label.
    static let keywords: [String: Token.Kind] = {
        let reserved: [Token.Kind] = [
            .by, .without, .bool, .json, .regexp, .logfmt, .unwrap, .unpack, .offset, .pattern, .on, .ignoring,
            .decolorize, .drop, .keep, .variants, .of, .lineFormat, .labelFormat, .groupLeft, .groupRight,
            .or, .and, .unless,
        ]
        return Dictionary(uniqueKeysWithValues: reserved.map { ($0.rawValue, $0) })
    }()

    /// Operators and brackets by their spelling; two characters win over one.
    static let symbols: [String: Token.Kind] = {
        let spelled: [Token.Kind] = [
            .equal, .matches, .doesNotMatch, .doesNotFitPattern, .openBrace, .closeBrace, .closeBracket, .comma, .dot,
            .pipeMatches, .pipeContains, .pipeFitsPattern, .openParenthesis, .closeParenthesis, .pipe,
            .comparesEqual, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
            .add, .subtract, .multiply, .divide, .modulo, .power,
        ]
        return Dictionary(uniqueKeysWithValues: spelled.map { ($0.rawValue, $0) })
    }()
}
