import LogQL
import WeirModel
import WeirTesting

/// Random queries, the same for the same seed.
struct QueryGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    mutating func query() -> Query {
        number(below: 2) == 0 ? .log(logQuery()) : .metric(metric(depth: 3))
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(below: elements.count)] }

    private mutating func list<Element>(
        _ range: ClosedRange<Int>, _ make: (inout QueryGenerator) -> Element
    ) -> [Element] {
        let count = range.lowerBound + number(below: range.count)
        return (0..<count).map { _ in make(&self) }
    }

    private mutating func name() -> String { pick(["app", "env", "rate", "sum", "ip", "bytes", "_x", "ünï", "a1"]) }

    private mutating func text() -> String {
        pick(["", "a", "b c", "\"q\"", "back\\slash", "line\nbreak", "é😀", "`tick`", "{{.a}}", "\u{200d}\t", "# no"])
    }

    private mutating func matcher() -> Matcher {
        let comparison = pick([Matcher.Comparison.equal, .notEqual, .matches, .doesNotMatch])
        let isPattern = comparison == .matches || comparison == .doesNotMatch
        return try! Matcher(name(), comparison, isPattern ? pick(["a.+", "x|y", "^b$"]) : text())
    }

    private mutating func logQuery() -> LogQuery {
        let selective = try! Matcher("app", .equal, "web")
        let matchers = [selective] + list(0...2) { $0.matcher() }
        var stages: [StageSyntax] = []
        // The flag belongs to a stage before it.
        for stage in list(0...4, { $0.stage() }) where stage != .skipErrors || (stages.last ?? stage) != stage {
            stages.append(stage)
        }
        return LogQuery(matchers: matchers, stages: stages)
    }

    private mutating func stage() -> StageSyntax {
        switch number(below: 14) {
        case 12: return .jsonArrays
        case 13: return .skipErrors
        case 0: return .json(list(0...2) { FieldSyntax(name: $0.name(), expression: $0.text()) })
        case 1:
            return .logfmt(
                isStrict: number(below: 2) == 0, keepsEmpty: number(below: 2) == 0,
                list(0...2) { FieldSyntax(name: $0.name(), expression: $0.text()) })
        case 2: return .regexp("(?P<a>x+) (?P<b>y)")
        case 3: return .pattern("<a> - <_> <b>")
        case 4: return .unpack
        case 5: return .labelFilter(labelFilter(depth: 3))
        case 6: return .lineFormat(text())
        case 7:
            return .labelFormat(
                list(1...3) { generator in
                    LabelFormatSyntax(
                        name: generator.name(),
                        source: generator.number(below: 2) == 0 ? .label(generator.name()) : .template(generator.text())
                    )
                })
        case 8: return .decolorize
        case 9: return .drop(labelSelectors())
        case 10: return .keep(labelSelectors())
        default: return lineFilter()
        }
    }

    private mutating func lineFilter() -> StageSyntax {
        let comparison = pick([
            LineFilterSyntax.Comparison.contains, .lacks, .matches, .doesNotMatch, .fitsPattern, .doesNotFitPattern,
            .containsIgnoringCase, .lacksIgnoringCase,
        ])
        // Negated filters with alternatives are read as several filters.
        let isPositive = [.contains, .matches, .fitsPattern, .containsIgnoringCase].contains(comparison)
        let ignoresCase = [.containsIgnoringCase, .lacksIgnoringCase].contains(comparison)
        let operands: [LineFilterSyntax.Operand] = list(1...(isPositive ? 3 : 1)) { generator in
            // Behind the `i` of a filter without case a text has to come first.
            generator.number(below: 4) == 0 && !ignoresCase ? .ip("10.0.0.0/8") : .text(generator.text())
        }
        return .lineFilter(LineFilterSyntax(comparison: comparison, operands: operands))
    }

    private mutating func labelSelectors() -> [LabelSelectorSyntax] {
        // A bare name in last place would take a `!=` of the next stage for its own, as in Loki.
        list(0...2) { $0.number(below: 2) == 0 ? .name($0.name()) : .matcher($0.matcher()) } + [.matcher(matcher())]
    }

    private mutating func labelFilter(depth: Int) -> LabelFilterSyntax {
        let comparison = pick([
            NumberComparison.equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual,
        ])
        switch number(below: depth > 0 ? 7 : 5) {
        case 0: return .text(matcher())
        case 1: return .number(name: name(), comparison, pick([0, 5, -2.5, 1e9, 0.001, 1e-7, 123_456_789.25]))
        case 2:
            return .duration(
                name: name(), comparison, nanoseconds: pick([1, 1500, 90_000_000_000, 86_400_000_000_000, -5_000_000]))
        case 3: return .bytes(name: name(), comparison, pick([0, 999, 1000, 5_242_880, 5_242_881, 1_500_000_000]))
        case 4: return .ip(name: name(), isNegated: number(below: 2) == 0, "10.0.0.1-10.0.0.9")
        case 5: return .and(labelFilter(depth: depth - 1), labelFilter(depth: depth - 1))
        default: return .or(labelFilter(depth: depth - 1), labelFilter(depth: depth - 1))
        }
    }

    private mutating func range(unwraps: Bool) -> LogRangeSyntax {
        var unwrap: UnwrapSyntax?
        if unwraps {
            unwrap = UnwrapSyntax(
                label: name(), conversion: pick([.number, .bytes, .duration, .durationSeconds]),
                filters: list(0...2) { $0.labelFilter(depth: 1) }, skipsErrors: number(below: 4) == 0)
        }
        return LogRangeSyntax(
            query: logQuery(), unwrap: unwrap,
            windowNanoseconds: pick([0, 1_000_000, 90_000_000_000, 604_800_000_000_000, 90_061_001_000_000]),
            offsetNanoseconds: pick([0, 0, 3_600_000_000_000, -1_500_000_000]))
    }

    private mutating func grouping() -> GroupingSyntax? {
        switch number(below: 3) {
        case 0: nil
        case 1: GroupingSyntax(isWithout: false, names: list(1...3) { $0.name() })
        default: GroupingSyntax(isWithout: true, names: list(0...2) { $0.name() })
        }
    }

    private mutating func metric(depth: Int) -> MetricQuery {
        switch number(below: depth > 0 ? 8 : 3) {
        case 6: return .calculation(calculation(depth: depth))
        case 7: return .subquery(subquery(depth: depth))
        case 0: return .vector(pick([0, 1, 2.5, 1e-9]))
        case 1 where number(below: 3) == 0:
            return .range(
                RangeAggregationSyntax(
                    function: .countDistinct, label: name(), range: range(unwraps: false), grouping: grouping()))
        case 1: return .range(RangeAggregationSyntax(function: .rate, range: range(unwraps: number(below: 2) == 0)))
        case 2:
            return .range(
                RangeAggregationSyntax(
                    function: .quantileOverTime, parameter: pick([0, 0.99, 1]), range: range(unwraps: true),
                    grouping: grouping()))
        case 3:
            let function = pick([VectorAggregationSyntax.Function.sum, .topk, .count, .max])
            return .aggregation(
                VectorAggregationSyntax(
                    function: function, parameter: function == .topk ? 5 : nil, operand: metric(depth: depth - 1),
                    grouping: grouping()))
        case 4:
            return .labelReplace(
                LabelReplaceSyntax(
                    operand: metric(depth: depth - 1), destination: text(), replacement: "$1", source: name(),
                    pattern: "(.*):.*"))
        default: return operation(depth: depth)
        }
    }

    private mutating func calculation(depth: Int) -> VectorFunctionSyntax {
        let function = pick(VectorFunctionSyntax.Function.allCases)
        let hasParameter = [.clampMin, .clampMax].contains(function) || (function == .round && number(below: 2) == 0)
        return VectorFunctionSyntax(
            function: function, operand: metric(depth: depth - 1), parameter: hasParameter ? pick([5, -0.5, 1e9]) : nil)
    }

    private mutating func subquery(depth: Int) -> SubquerySyntax {
        let function = pick([RangeAggregationSyntax.Function.maxOverTime, .quantileOverTime])
        return SubquerySyntax(
            function: function, parameter: function == .quantileOverTime ? 0.9 : nil,
            operand: number(below: 4) == 0 ? .literal(5) : metric(depth: depth - 1),
            windowNanoseconds: pick([3_600_000_000_000, 90_000_000_000]),
            stepNanoseconds: pick([60_000_000_000, 1_000_000]),
            offsetNanoseconds: pick([0, 0, 3_600_000_000_000]))
    }

    private mutating func operation(depth: Int) -> MetricQuery {
        let op = pick(BinaryOperationSyntax.Operator.allCases)
        let isLogical = [.and, .or, .unless].contains(op)
        var matching: BinaryOperationSyntax.Matching?
        if number(below: 2) == 0 {
            matching = .init(isOn: number(below: 2) == 0, names: list(1...2) { $0.name() })
            if number(below: 2) == 0 {
                matching?.cardinality = pick([.manyToOne, .oneToMany])
                matching?.included = list(0...2) { $0.name() }
            }
        }
        let right =
            isLogical || number(below: 2) == 0
            ? metric(depth: depth - 1) : .literal(pick([0, 1, -2, 0.5, 1e21, 1e-7, 123_456_789]))
        return .binary(
            BinaryOperationSyntax(
                op: op, left: metric(depth: depth - 1), right: right, returnsBool: number(below: 3) == 0,
                matching: matching))
    }
}
