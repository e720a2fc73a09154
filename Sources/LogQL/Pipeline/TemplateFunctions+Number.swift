import WeirTemplate

extension TemplateFunctions {
    /// Functions of numbers; texts are read as numbers, and what is none counts as 0.
    static let numbers: [String: TemplateFunction] = [
        "int": TemplateFunction([.any]) { arguments, _ in .integer(whole(arguments[0])) },
        "float64": TemplateFunction([.any]) { arguments, _ in .float(fractional(arguments[0])) },
        "add": TemplateFunction([], variadic: .any) { arguments, _ in
            .integer(arguments.reduce(0) { $0 &+ whole($1) })
        },
        "sub": TemplateFunction([.any, .any]) { arguments, _ in .integer(whole(arguments[0]) &- whole(arguments[1])) },
        "mul": TemplateFunction([.any], variadic: .any) { arguments, _ in
            .integer(arguments.reduce(1) { $0 &* whole($1) })
        },
        "div": TemplateFunction([.any, .any]) { arguments, _ throws(Failure) in
            let divisor = whole(arguments[1])
            guard divisor != 0 else { throw Failure("runtime error: integer divide by zero") }
            return .integer(whole(arguments[0]).dividedReportingOverflow(by: divisor).partialValue)
        },
        "mod": TemplateFunction([.any, .any]) { arguments, _ throws(Failure) in
            let divisor = whole(arguments[1])
            guard divisor != 0 else { throw Failure("runtime error: integer divide by zero") }
            return .integer(whole(arguments[0]).remainderReportingOverflow(dividingBy: divisor).partialValue)
        },
        "addf": folding(0) { $0 + $1 },
        "mulf": chaining { $0 * $1 },
        "subf": chaining { $0 - $1 },
        "divf": chaining { $0 / $1 },
        "max": extreme { $0 > $1 },
        "min": extreme { $0 < $1 },
        "maxf": chaining { Swift.max($0, $1) },
        "minf": chaining { Swift.min($0, $1) },
        "ceil": TemplateFunction([.any]) { arguments, _ in .float(fractional(arguments[0]).rounded(.up)) },
        "floor": TemplateFunction([.any]) { arguments, _ in .float(fractional(arguments[0]).rounded(.down)) },
        "round": TemplateFunction([.any, .integer], variadic: .float) { arguments, _ in
            var threshold = 0.5
            if arguments.count > 2, case .float(let given) = arguments[2] { threshold = given }
            return .float(rounded(fractional(arguments[0]), integer(arguments[1]), threshold))
        },
    ]

    private static func folding(
        _ start: Double, _ body: @escaping @Sendable (Double, Double) -> Double
    ) -> TemplateFunction {
        TemplateFunction([], variadic: .any) { arguments, _ in
            .float(arguments.reduce(start) { body($0, fractional($1)) })
        }
    }

    private static func chaining(_ body: @escaping @Sendable (Double, Double) -> Double) -> TemplateFunction {
        TemplateFunction([.any], variadic: .any) { arguments, _ in
            .float(arguments.dropFirst().reduce(fractional(arguments[0])) { body($0, fractional($1)) })
        }
    }

    private static func extreme(_ wins: @escaping @Sendable (Int64, Int64) -> Bool) -> TemplateFunction {
        TemplateFunction([.any], variadic: .any) { arguments, _ in
            let first = whole(arguments[0])
            return .integer(arguments.dropFirst().reduce(first) { wins(whole($1), $0) ? whole($1) : $0 })
        }
    }

    /// Rounds to so many decimals; the rest counts as one from `threshold` on.
    private static func rounded(_ value: Double, _ places: Int, _ threshold: Double) -> Double {
        let power = (0..<min(308, abs(places))).reduce(1.0) { product, _ in product * 10 }
        let scaled = places < 0 ? value / power : value * power
        guard scaled.isFinite else { return value }
        let fraction = scaled - scaled.rounded(.towardZero)
        let whole = fraction >= threshold ? scaled.rounded(.up) : scaled.rounded(.down)
        return places < 0 ? whole * power : whole / power
    }

    /// A value as a whole number.
    static func whole(_ value: TemplateValue) -> Int64 {
        switch value {
        case .integer(let number): return number
        case .float(let number): return clamped(number)
        case .bool(let bool): return bool ? 1 : 0
        case .string:
            let written = text(value)
            if let number = Int64(written) { return number }
            return NumberText.parse(written).map(clamped) ?? 0
        case .map, .list, .time, .none: return 0
        }
    }

    private static func clamped(_ number: Double) -> Int64 {
        Int64(exactly: number.rounded(.towardZero)) ?? Int64.min
    }

    /// A value as a number.
    static func fractional(_ value: TemplateValue) -> Double {
        switch value {
        case .integer(let number): Double(number)
        case .float(let number): number
        case .bool(let bool): bool ? 1 : 0
        case .string: NumberText.parse(text(value)) ?? 0
        case .map, .list, .time, .none: 0
        }
    }
}
