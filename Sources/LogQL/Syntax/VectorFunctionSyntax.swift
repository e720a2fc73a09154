/// A function over each number of an expression: `round(v, 0.5)`. An extension.
public struct VectorFunctionSyntax: Sendable, Hashable {
    /// The function, by its name in the language.
    public enum Function: String, Sendable, Hashable, CaseIterable {
        case abs, ceil, floor, round
        case clampMin = "clamp_min"
        case clampMax = "clamp_max"
    }

    /// The function.
    public var function: Function
    /// What it runs over.
    public var operand: MetricQuery
    /// The number behind the operand: the bound of `clamp_min` and `clamp_max`, of `round` what is rounded to a
    /// multiple of (1 where it is nil).
    public var parameter: Double?

    /// Creates a function.
    public init(function: Function, operand: MetricQuery, parameter: Double? = nil) {
        self.function = function
        self.operand = operand
        self.parameter = parameter
    }
}

extension VectorFunctionSyntax.Function {
    /// Whether a number must follow the operand; nil where it may.
    var needsParameter: Bool? {
        switch self {
        case .abs, .ceil, .floor: false
        case .clampMin, .clampMax: true
        case .round: nil
        }
    }
}

extension VectorFunctionSyntax: CustomStringConvertible {
    /// The canonical text: `clamp_min(rate({…}[5m]),0.5)`.
    public var description: String {
        "\(function.rawValue)(\(operand)\(parameter.map { ",\(NumberText.general($0))" } ?? ""))"
    }
}
