/// A function over windows of an expression's values: `max_over_time(rate({…}[1m])[1h:5m])`. An extension.
public struct SubquerySyntax: Sendable, Hashable {
    /// The function, one of those over time.
    public var function: RangeAggregationSyntax.Function
    /// The number before the operand, as in `quantile_over_time(0.99, …)`.
    public var parameter: Double?
    /// What is evaluated at every multiple of the step since 1970.
    public var operand: MetricQuery
    /// The length of the window in nanoseconds; above zero.
    public var windowNanoseconds: Int64
    /// Nanoseconds from one evaluation to the next; above zero.
    public var stepNanoseconds: Int64
    /// How far the window is moved into the past, in nanoseconds.
    public var offsetNanoseconds: Int64

    /// The step of `[1h:]`.
    public static let defaultStepNanoseconds: Int64 = 60 * 1_000_000_000

    /// Creates a subquery.
    public init(
        function: RangeAggregationSyntax.Function, parameter: Double? = nil, operand: MetricQuery,
        windowNanoseconds: Int64, stepNanoseconds: Int64, offsetNanoseconds: Int64 = 0
    ) {
        self.function = function
        self.parameter = parameter
        self.operand = operand
        self.windowNanoseconds = windowNanoseconds
        self.stepNanoseconds = stepNanoseconds
        self.offsetNanoseconds = offsetNanoseconds
    }
}

extension SubquerySyntax: CustomStringConvertible {
    /// The canonical text: `max_over_time(rate({…}[1m])[1h:5m] offset 1d)`.
    public var description: String {
        // A bare number in front would be taken for the parameter.
        let text = if case .literal = operand { "(\(operand))" } else { "\(operand)" }
        let parameter = parameter.map { NumberText.plain($0) + "," } ?? ""
        return "\(function.rawValue)(\(parameter)\(text)\(windowText))"
    }

    /// `[1h:5m] offset 1d`
    var windowText: String {
        let window = DurationText.prometheusText(windowNanoseconds)
        var text = "[\(window):\(DurationText.prometheusText(stepNanoseconds))]"
        if offsetNanoseconds != 0 { text += " offset \(DurationText.goText(offsetNanoseconds))" }
        return text
    }
}

extension RangeAggregationSyntax.Function {
    /// Whether the function may run over a subquery: those that need nothing but numbers.
    var allowsSubquery: Bool {
        switch self {
        case .countOverTime, .absentOverTime, .sumOverTime, .avgOverTime, .minOverTime, .maxOverTime,
            .stddevOverTime, .stdvarOverTime, .quantileOverTime, .firstOverTime, .lastOverTime:
            true
        case .rate, .rateCounter, .increase, .bytesOverTime, .bytesRate, .countDistinct: false
        }
    }
}
