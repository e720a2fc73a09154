internal import LogQL
internal import WeirBytes
internal import WeirModel
internal import WeirRegex

/// Picks the lines of streams that a selector names: the stages inside are for them, or they are dropped.
final class MatchStage: Sendable {
    /// Whether matching lines are dropped instead.
    let drops: Bool
    /// The reason under which dropped lines are counted.
    let reason: String

    private let matchers: [(label: Int, matcher: Matcher)]
    private let filters: [Filter]

    /// A line filter with its alternatives.
    private struct Filter: Sendable {
        var isNegated: Bool
        var tests: [Test]
    }

    private enum Test: Sendable {
        case literal(SubstringSearch)
        case pattern(Pattern)
    }

    init(_ settings: StageConfiguration.Match, _ plan: inout StagePlan) throws(StageError) {
        drops = settings.drops
        reason = settings.reason
        let query: Query
        do throws(SyntaxError) {
            query = try Query.parse(settings.selector, dialect: .loki)
        } catch {
            throw StageError(stage: "match", reason: "\(error) in \(settings.selector)")
        }
        guard case .log(let log) = query else {
            throw StageError(stage: "match", reason: "\(settings.selector) is no stream selector")
        }
        matchers = log.matchers.map { (plan.label($0.name), $0) }
        var filters: [Filter] = []
        for stage in log.stages {
            guard case .lineFilter(let syntax) = stage else {
                throw StageError(stage: "match", reason: "only line filters may follow the selector")
            }
            filters.append(try MatchStage.compile(syntax, plan))
        }
        self.filters = filters
    }

    func accepts(_ work: EntryWork) -> Bool {
        for (label, matcher) in matchers {
            guard matcher.accepts(work.labels[label]?.text ?? "") else { return false }
        }
        for filter in filters {
            let holds = filter.tests.contains { test in
                switch test {
                case .literal(let search): search.matches(work.line)
                case .pattern(let pattern): pattern.matches(work.line)
                }
            }
            if holds == filter.isNegated { return false }
        }
        return true
    }

    private static func compile(_ syntax: LineFilterSyntax, _ plan: StagePlan) throws(StageError) -> Filter {
        var filter = Filter(isNegated: [.lacks, .doesNotMatch].contains(syntax.comparison), tests: [])
        for operand in syntax.operands {
            guard case .text(let text) = operand else {
                throw StageError(stage: "match", reason: "ip() is not understood in a selector")
            }
            switch syntax.comparison {
            case .contains, .lacks: filter.tests.append(.literal(SubstringSearch(Array(text.utf8))))
            case .matches, .doesNotMatch: filter.tests.append(.pattern(try plan.pattern(text, of: "match")))
            case .fitsPattern, .doesNotFitPattern, .containsIgnoringCase, .lacksIgnoringCase:
                throw StageError(stage: "match", reason: "pattern filters are not understood in a selector")
            }
        }
        return filter
    }
}
