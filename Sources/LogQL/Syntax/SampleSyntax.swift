public import WeirModel

/// Series that were recorded, at an instant: `job:errors:rate5m{job="web"} offset 1h`. An extension.
public struct SampleSelectorSyntax: Sendable, Hashable {
    /// Conditions on labels; one of them is on `__name__`.
    public var matchers: [Matcher]
    /// How far it looks into the past, in nanoseconds; negative for the future.
    public var offsetNanoseconds: Int64

    /// Creates a selector.
    public init(matchers: [Matcher], offsetNanoseconds: Int64 = 0) {
        self.matchers = matchers
        self.offsetNanoseconds = offsetNanoseconds
    }

    /// The name that equality fixes; nil when a pattern selects it.
    public var name: String? {
        matchers.first { $0.name == "__name__" && $0.comparison == .equal }?.value
    }
}

/// A function over windows of recorded samples, or of an expression's values as samples: `rate(requests_total[5m])`,
/// `rate(sum(x)[5m:1m])`. An extension.
public struct SampleWindowSyntax: Sendable, Hashable {
    /// The function, by its name in the language.
    public enum Function: String, Sendable, Hashable, CaseIterable {
        case rate, increase, irate, delta, idelta, deriv, changes, resets
        case countOverTime = "count_over_time"
        case sumOverTime = "sum_over_time"
        case avgOverTime = "avg_over_time"
        case minOverTime = "min_over_time"
        case maxOverTime = "max_over_time"
        case stddevOverTime = "stddev_over_time"
        case stdvarOverTime = "stdvar_over_time"
        case quantileOverTime = "quantile_over_time"
        case firstOverTime = "first_over_time"
        case lastOverTime = "last_over_time"
        case presentOverTime = "present_over_time"
        case absentOverTime = "absent_over_time"
    }

    /// The function.
    public var function: Function
    /// The number before the window, as in `quantile_over_time(0.99, …)`.
    public var parameter: Double?
    /// What it runs over: a selector, or any expression of a subquery.
    public var operand: MetricQuery
    /// The length of the window in nanoseconds; above zero.
    public var windowNanoseconds: Int64
    /// Nanoseconds from one evaluation of the operand to the next; nil for the stored samples of a selector.
    public var stepNanoseconds: Int64?
    /// How far the window is moved into the past, in nanoseconds.
    public var offsetNanoseconds: Int64

    /// Creates a function over windows.
    public init(
        function: Function, parameter: Double? = nil, operand: MetricQuery, windowNanoseconds: Int64,
        stepNanoseconds: Int64? = nil, offsetNanoseconds: Int64 = 0
    ) {
        self.function = function
        self.parameter = parameter
        self.operand = operand
        self.windowNanoseconds = windowNanoseconds
        self.stepNanoseconds = stepNanoseconds
        self.offsetNanoseconds = offsetNanoseconds
    }
}

/// A function of Prometheus over the series at one instant: `histogram_quantile(0.95, v)`, `absent(v)`, `time()`. An
/// extension.
public struct SampleFunctionSyntax: Sendable, Hashable {
    /// The function, by its name in the language.
    public enum Function: String, Sendable, Hashable, CaseIterable {
        case histogramQuantile = "histogram_quantile"
        case absent, timestamp, scalar, time, clamp, sgn, sqrt, exp, ln, log2, log10, hour, minute, month, year
        case dayOfWeek = "day_of_week"
        case dayOfMonth = "day_of_month"
        case dayOfYear = "day_of_year"
        case daysInMonth = "days_in_month"
        case labelJoin = "label_join"
    }

    /// The function.
    public var function: Function
    /// What it runs over; nil where the function takes nothing, or nothing was given.
    public var operand: MetricQuery?
    /// Its numbers in the order of the arguments.
    public var numbers: [Double]
    /// Its texts in the order of the arguments.
    public var texts: [String]

    /// Creates a function.
    public init(function: Function, operand: MetricQuery?, numbers: [Double] = [], texts: [String] = []) {
        self.function = function
        self.operand = operand
        self.numbers = numbers
        self.texts = texts
    }
}

extension SampleSelectorSyntax: CustomStringConvertible {
    /// The canonical text: `up{job="web"} offset 5m0s`.
    public var description: String { selectorText + offsetText }

    /// The text without the offset.
    var selectorText: String {
        guard let name, QueryName.isMetric(name), let index = matchers.firstIndex(where: { $0.name == "__name__" })
        else {
            return "{\(matchers.map(\.description).joined(separator: ", "))}"
        }
        var rest = matchers
        rest.remove(at: index)
        return rest.isEmpty ? name : "\(name){\(rest.map(\.description).joined(separator: ", "))}"
    }

    private var offsetText: String {
        offsetNanoseconds == 0 ? "" : " offset \(DurationText.goText(offsetNanoseconds))"
    }
}

extension SampleWindowSyntax: CustomStringConvertible {
    /// The canonical text: `rate(requests_total[5m] offset 1h0m0s)`.
    public var description: String {
        // A bare number in front would be taken for the parameter.
        let text = if case .literal = operand { "(\(operand))" } else { "\(operand)" }
        let parameter = parameter.map { NumberText.plain($0) + "," } ?? ""
        let step = stepNanoseconds.map { ":" + DurationText.prometheusText($0) } ?? ""
        let offset = offsetNanoseconds == 0 ? "" : " offset \(DurationText.goText(offsetNanoseconds))"
        return
            "\(function.rawValue)(\(parameter)\(text)[\(DurationText.prometheusText(windowNanoseconds))\(step)]\(offset))"
    }
}

extension SampleFunctionSyntax: CustomStringConvertible {
    /// The canonical text: `histogram_quantile(0.95,sum by (le)(rate(x_bucket[5m])))`.
    public var description: String {
        let numbers = numbers.map(NumberText.general)
        let operand = operand.map { ["\($0)"] } ?? []
        let arguments =
            function == .histogramQuantile ? numbers + operand : operand + numbers + texts.map(QuotedText.quote)
        return "\(function.rawValue)(\(arguments.joined(separator: ",")))"
    }
}

/// Names of series.
enum QueryName {
    /// Whether a selector may begin with the name: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    static func isMetric(_ name: String) -> Bool {
        Label.isValidName(String(name.map { $0 == ":" ? "_" : $0 }))
    }
}

extension MetricQuery {
    /// Whether recorded series are read anywhere.
    public var readsSamples: Bool {
        switch self {
        case .literal, .vector, .range: false
        case .samples, .sampleWindow, .sampleFunction: true
        case .aggregation(let syntax): syntax.operand.readsSamples
        case .binary(let syntax): syntax.left.readsSamples || syntax.right.readsSamples
        case .labelReplace(let syntax): syntax.operand.readsSamples
        case .calculation(let syntax): syntax.operand.readsSamples
        case .subquery(let syntax): syntax.operand.readsSamples
        }
    }

    /// Whether a part is one number at each instant that is not the same at all of them.
    var hasVaryingNumbers: Bool {
        switch self {
        case .literal, .vector, .range, .samples: false
        case .sampleWindow(let syntax): syntax.operand.hasVaryingNumbers
        case .sampleFunction(let syntax):
            syntax.function == .time || syntax.function == .scalar || syntax.operand?.hasVaryingNumbers == true
        case .aggregation(let syntax): syntax.operand.hasVaryingNumbers
        case .binary(let syntax): syntax.left.hasVaryingNumbers || syntax.right.hasVaryingNumbers
        case .labelReplace(let syntax): syntax.operand.hasVaryingNumbers
        case .calculation(let syntax): syntax.operand.hasVaryingNumbers
        case .subquery(let syntax): syntax.operand.hasVaryingNumbers
        }
    }

    /// The selectors of recorded series, in the order written.
    public var sampleSelectors: [SampleSelectorSyntax] {
        switch self {
        case .literal, .vector, .range: []
        case .samples(let syntax): [syntax]
        case .sampleWindow(let syntax): syntax.operand.sampleSelectors
        case .sampleFunction(let syntax): syntax.operand?.sampleSelectors ?? []
        case .aggregation(let syntax): syntax.operand.sampleSelectors
        case .binary(let syntax): syntax.left.sampleSelectors + syntax.right.sampleSelectors
        case .labelReplace(let syntax): syntax.operand.sampleSelectors
        case .calculation(let syntax): syntax.operand.sampleSelectors
        case .subquery(let syntax): syntax.operand.sampleSelectors
        }
    }
}
