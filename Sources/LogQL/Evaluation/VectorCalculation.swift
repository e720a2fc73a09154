/// Runs `abs`, `ceil`, `floor`, `round`, `clamp_min` and `clamp_max` over each number of an expression.
struct VectorCalculation {
    private let syntax: VectorFunctionSyntax

    init(_ syntax: VectorFunctionSyntax) {
        self.syntax = syntax
    }

    /// The value with every number calculated; labels stay, except the name of a recorded series.
    func run(_ value: StepValue) -> StepValue {
        switch value {
        case .scalar(let number): return .scalar(calculated(number))
        case .series(var series):
            for index in series.indices {
                series[index].labels = series[index].labels.withoutName
                series[index].values = series[index].values.map(calculated)
            }
            return .series(series)
        }
    }

    private func calculated(_ number: Double) -> Double {
        switch syntax.function {
        case .abs: return number.magnitude
        case .ceil: return number.rounded(.up)
        case .floor: return number.rounded(.down)
        case .round:
            // Halves go up, and the inverse keeps multiples such as 0.1 exact, both as in Prometheus.
            let inverse = 1 / (syntax.parameter ?? 1)
            return (number * inverse + 0.5).rounded(.down) / inverse
        case .clampMin:
            let bound = syntax.parameter ?? -.infinity
            return number < bound ? bound : number
        case .clampMax:
            let bound = syntax.parameter ?? .infinity
            return number > bound ? bound : number
        }
    }
}
