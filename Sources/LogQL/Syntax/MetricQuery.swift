/// An expression that yields numbers.
public indirect enum MetricQuery: Sendable, Hashable {
    /// A number: `100`.
    case literal(Double)
    /// `vector(1)`
    case vector(Double)
    /// `rate({…}[5m])`
    case range(RangeAggregationSyntax)
    /// `sum by (app) (…)`
    case aggregation(VectorAggregationSyntax)
    /// `a / on (app) group_left b`
    case binary(BinaryOperationSyntax)
    /// `label_replace(v, "dst", "$1", "src", "regex")`
    case labelReplace(LabelReplaceSyntax)
    /// `abs(…)`, `round(…, 0.5)`; an extension
    case calculation(VectorFunctionSyntax)
    /// `max_over_time(rate({…}[1m])[1h:5m])`; an extension
    case subquery(SubquerySyntax)
    /// `up{job="web"}`; an extension
    case samples(SampleSelectorSyntax)
    /// `rate(requests_total[5m])`; an extension
    case sampleWindow(SampleWindowSyntax)
    /// `histogram_quantile(0.95, …)`; an extension
    case sampleFunction(SampleFunctionSyntax)
}

/// A log query, a window of time, and how lines become numbers.
public struct LogRangeSyntax: Sendable, Hashable {
    /// Which entries.
    public var query: LogQuery
    /// The label whose value is the number; nil when lines are counted.
    public var unwrap: UnwrapSyntax?
    /// The length of the window in nanoseconds.
    public var windowNanoseconds: Int64
    /// How far the window is moved into the past, in nanoseconds; negative moves it into the future.
    public var offsetNanoseconds: Int64

    /// Creates a range.
    public init(query: LogQuery, unwrap: UnwrapSyntax?, windowNanoseconds: Int64, offsetNanoseconds: Int64 = 0) {
        self.query = query
        self.unwrap = unwrap
        self.windowNanoseconds = windowNanoseconds
        self.offsetNanoseconds = offsetNanoseconds
    }
}

/// `| unwrap duration(took) | __error__=""`
public struct UnwrapSyntax: Sendable, Hashable {
    /// How the label's text becomes a number.
    public enum Conversion: String, Sendable, Hashable {
        /// As a decimal number.
        case number = ""
        /// As a size in bytes.
        case bytes
        /// As a duration, in seconds.
        case duration
        /// The same, written in full.
        case durationSeconds = "duration_seconds"
    }

    /// The label.
    public var label: String
    /// How its text becomes a number.
    public var conversion: Conversion
    /// Label filters behind the unwrap.
    public var filters: [LabelFilterSyntax]
    /// `--skip-errors`: entries that carry an error behind the filters are left out and counted; an extension.
    public var skipsErrors: Bool

    /// Creates an unwrap.
    public init(
        label: String, conversion: Conversion, filters: [LabelFilterSyntax] = [], skipsErrors: Bool = false
    ) {
        self.label = label
        self.conversion = conversion
        self.filters = filters
        self.skipsErrors = skipsErrors
    }
}

/// A function over the window of each series.
public struct RangeAggregationSyntax: Sendable, Hashable {
    /// The function, by its name in the language.
    public enum Function: String, Sendable, Hashable, CaseIterable {
        case countOverTime = "count_over_time"
        case rate
        case rateCounter = "rate_counter"
        case bytesOverTime = "bytes_over_time"
        case bytesRate = "bytes_rate"
        case absentOverTime = "absent_over_time"
        case sumOverTime = "sum_over_time"
        case avgOverTime = "avg_over_time"
        case minOverTime = "min_over_time"
        case maxOverTime = "max_over_time"
        case stddevOverTime = "stddev_over_time"
        case stdvarOverTime = "stdvar_over_time"
        case quantileOverTime = "quantile_over_time"
        case firstOverTime = "first_over_time"
        case lastOverTime = "last_over_time"
        /// An extension: how much a counter grew, or how many entries there are.
        case increase
        /// An extension: how many different values a label has.
        case countDistinct = "count_distinct"
    }

    /// The function.
    public var function: Function
    /// The number before the range, as in `quantile_over_time(0.99, …)`.
    public var parameter: Double?
    /// The label before the range, of `count_distinct` alone.
    public var label: String?
    /// What it runs over.
    public var range: LogRangeSyntax
    /// Grouping of the function itself, as in `max_over_time(…) by (app)`.
    public var grouping: GroupingSyntax?

    /// Creates a range aggregation.
    public init(
        function: Function, parameter: Double? = nil, label: String? = nil, range: LogRangeSyntax,
        grouping: GroupingSyntax? = nil
    ) {
        self.function = function
        self.parameter = parameter
        self.label = label
        self.range = range
        self.grouping = grouping
    }
}

/// `by (a, b)` or `without (a)`.
public struct GroupingSyntax: Sendable, Hashable {
    /// Whether the names are removed instead of kept.
    public var isWithout: Bool
    /// The names as written.
    public var names: [String]

    /// Creates a grouping.
    public init(isWithout: Bool, names: [String]) {
        self.isWithout = isWithout
        self.names = names
    }
}

/// A function over the series at one instant.
public struct VectorAggregationSyntax: Sendable, Hashable {
    /// The function, by its name in the language.
    public enum Function: String, Sendable, Hashable, CaseIterable {
        case sum, avg, min, max, count, stddev, stdvar, topk, bottomk, sort
        case sortDescending = "sort_desc"
        case approximateTopK = "approx_topk"
    }

    /// The function.
    public var function: Function
    /// The number before the expression, as in `topk(5, …)`.
    public var parameter: Int?
    /// What it runs over.
    public var operand: MetricQuery
    /// The groups; nil is one group of everything.
    public var grouping: GroupingSyntax?

    /// Creates a vector aggregation.
    public init(
        function: Function, parameter: Int? = nil, operand: MetricQuery, grouping: GroupingSyntax? = nil
    ) {
        self.function = function
        self.parameter = parameter
        self.operand = operand
        self.grouping = grouping
    }
}

/// Two expressions joined by an operator.
public struct BinaryOperationSyntax: Sendable, Hashable {
    /// The operator, by its spelling.
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        case or, and, unless
        case equal = "=="
        case notEqual = "!="
        case greater = ">"
        case greaterOrEqual = ">="
        case less = "<"
        case lessOrEqual = "<="
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case modulo = "%"
        case power = "^"
    }

    /// Which series of both sides meet.
    public struct Matching: Sendable, Hashable {
        /// Which side may have several series for one of the other.
        public enum Cardinality: Sendable, Hashable {
            case oneToOne
            /// `group_left`
            case manyToOne
            /// `group_right`
            case oneToMany
        }

        /// Whether the names are the ones compared (`on`) or the ones left out (`ignoring`).
        public var isOn: Bool
        /// The names as written.
        public var names: [String]
        /// Which side may have several.
        public var cardinality: Cardinality
        /// Labels taken over from the "one" side.
        public var included: [String]

        /// Creates a matching.
        public init(isOn: Bool, names: [String], cardinality: Cardinality = .oneToOne, included: [String] = []) {
            self.isOn = isOn
            self.names = names
            self.cardinality = cardinality
            self.included = included
        }
    }

    /// The operator.
    public var op: Operator
    /// The left operand.
    public var left: MetricQuery
    /// The right operand.
    public var right: MetricQuery
    /// Whether a comparison gives 0 or 1 instead of filtering.
    public var returnsBool: Bool
    /// Which series meet; nil compares all labels.
    public var matching: Matching?

    /// Creates an operation.
    public init(
        op: Operator, left: MetricQuery, right: MetricQuery, returnsBool: Bool = false, matching: Matching? = nil
    ) {
        self.op = op
        self.left = left
        self.right = right
        self.returnsBool = returnsBool
        self.matching = matching
    }
}

/// `label_replace(v, "dst", "$1", "src", "regex")`
public struct LabelReplaceSyntax: Sendable, Hashable {
    /// What is relabelled.
    public var operand: MetricQuery
    /// The label that is set.
    public var destination: String
    /// The new value, with `$1` and `${name}` for groups.
    public var replacement: String
    /// The label that is read.
    public var source: String
    /// The anchored pattern its value must match.
    public var pattern: String

    /// Creates a relabelling.
    public init(operand: MetricQuery, destination: String, replacement: String, source: String, pattern: String) {
        self.operand = operand
        self.destination = destination
        self.replacement = replacement
        self.source = source
        self.pattern = pattern
    }
}
