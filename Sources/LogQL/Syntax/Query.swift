public import WeirModel

/// A parsed query.
public indirect enum Query: Sendable, Hashable {
    /// Yields entries.
    case log(LogQuery)
    /// Yields numbers.
    case metric(MetricQuery)
}

/// A stream selector and the stages its entries pass.
public struct LogQuery: Sendable, Hashable {
    /// Conditions on stream labels, in the order written.
    public var matchers: [Matcher]
    /// The stages in the order written.
    public var stages: [StageSyntax]

    /// Creates a log query.
    public init(matchers: [Matcher], stages: [StageSyntax]) {
        self.matchers = matchers
        self.stages = stages
    }
}

/// One stage of a pipeline as written; ``Stage`` is its running form.
public enum StageSyntax: Sendable, Hashable {
    /// `|= "a" or "b"`
    case lineFilter(LineFilterSyntax)
    /// `| json`, `| json name="path"`
    case json([FieldSyntax])
    /// `| logfmt --strict --keep-empty name="key"`
    case logfmt(isStrict: Bool, keepsEmpty: Bool, [FieldSyntax])
    /// `| regexp "(?P<name>…)"`
    case regexp(String)
    /// `| pattern "<name> …"`
    case pattern(String)
    /// `| unpack`
    case unpack
    /// `| status >= 500 and method="GET"`
    case labelFilter(LabelFilterSyntax)
    /// `| line_format "{{.msg}}"`
    case lineFormat(String)
    /// `| label_format a=b, c="{{.d}}"`
    case labelFormat([LabelFormatSyntax])
    /// `| decolorize`
    case decolorize
    /// `| drop a, b="c"`
    case drop([LabelSelectorSyntax])
    /// `| keep a, b="c"`
    case keep([LabelSelectorSyntax])
    /// `| json --arrays`; an extension
    case jsonArrays
    /// `| distinct a, b`; an extension
    case distinct([String])
    /// `--skip-errors` behind another stage: entries with an error are left out and counted; an extension
    case skipErrors
}

/// A condition on the bytes of a line, with alternatives.
public struct LineFilterSyntax: Sendable, Hashable {
    /// How the line is compared.
    public enum Comparison: String, Sendable, Hashable {
        /// Contains.
        case contains = "|="
        /// Does not contain.
        case lacks = "!="
        /// A pattern is found in it.
        case matches = "|~"
        /// The pattern is not found in it.
        case doesNotMatch = "!~"
        /// Fits a pattern of literals and `<_>`.
        case fitsPattern = "|>"
        /// Does not fit the pattern.
        case doesNotFitPattern = "!>"
        /// Contains, whatever the case of letters; an extension.
        case containsIgnoringCase = "|=i"
        /// Does not contain, whatever the case of letters; an extension.
        case lacksIgnoringCase = "!=i"
    }

    /// What the line is compared with.
    public enum Operand: Sendable, Hashable {
        /// A text.
        case text(String)
        /// `ip("10.0.0.0/8")`
        case ip(String)
    }

    /// How the line is compared.
    public var comparison: Comparison
    /// One operand, or several joined by `or`.
    public var operands: [Operand]

    /// Creates a line filter; `operands` is not empty.
    public init(comparison: Comparison, operands: [Operand]) {
        self.comparison = comparison
        self.operands = operands
    }
}

/// A label to extract and the expression it comes from: `status="response.code"`.
public struct FieldSyntax: Sendable, Hashable {
    /// The label.
    public var name: String
    /// The path or key; equal to `name` where none was written.
    public var expression: String

    /// Creates a field.
    public init(name: String, expression: String) {
        self.name = name
        self.expression = expression
    }
}

/// A condition on a label of an entry, or several joined.
public indirect enum LabelFilterSyntax: Sendable, Hashable {
    /// A text comparison with any of the four matcher operators.
    case text(Matcher)
    /// A comparison as a number.
    case number(name: String, NumberComparison, Double)
    /// A comparison as a duration; the literal in nanoseconds.
    case duration(name: String, NumberComparison, nanoseconds: Int64)
    /// A comparison as a size; the literal in bytes.
    case bytes(name: String, NumberComparison, UInt64)
    /// `addr = ip("10.0.0.0/8")`; negated for `!=`.
    case ip(name: String, isNegated: Bool, String)
    /// Both must hold; the comma and juxtaposition mean this too.
    case and(LabelFilterSyntax, LabelFilterSyntax)
    /// One must hold.
    case or(LabelFilterSyntax, LabelFilterSyntax)
}

/// How numbers are compared.
public enum NumberComparison: String, Sendable, Hashable {
    /// Equal; written `==` or `=`.
    case equal = "=="
    /// Not equal.
    case notEqual = "!="
    /// Greater.
    case greater = ">"
    /// Greater or equal.
    case greaterOrEqual = ">="
    /// Less.
    case less = "<"
    /// Less or equal.
    case lessOrEqual = "<="
}

/// One assignment of `label_format`.
public struct LabelFormatSyntax: Sendable, Hashable {
    /// Where the new value comes from.
    public enum Source: Sendable, Hashable {
        /// The label is renamed.
        case label(String)
        /// A template is rendered.
        case template(String)
    }

    /// The label that is set.
    public var name: String
    /// Where its value comes from.
    public var source: Source

    /// Creates an assignment.
    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }
}

/// What `drop` and `keep` list: a name, or a name whose value must match.
public enum LabelSelectorSyntax: Sendable, Hashable {
    /// Any value.
    case name(String)
    /// Only values that match.
    case matcher(Matcher)
}
