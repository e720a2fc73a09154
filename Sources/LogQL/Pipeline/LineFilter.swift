import WeirBytes
import WeirModel
import WeirRegex

/// A condition on the bytes of a line, with alternatives.
final class LineFilter: Sendable {
    /// One alternative.
    enum Test: Sendable {
        /// The line contains a text.
        case literal(SubstringSearch)
        /// A pattern is found in the line. Where `required` is known, only lines that contain one of it can match.
        case pattern(Pattern, required: [SubstringSearch], requirements: [LineRequirement])
        /// The line contains a run of bytes of given classes.
        case run(ClassRunSearch)
        /// The line fits a pattern of literals and gaps.
        case gaps(GapPattern)
        /// An address is found in the line.
        case address(IPMatcher)
        /// Every line passes.
        case always
    }

    /// The alternatives; one of them must hold, or none when the filter is negated.
    let tests: [Test]
    /// Whether lines for which a test holds are dropped.
    let isNegated: Bool

    /// Builds the running form.
    init(_ syntax: LineFilterSyntax) throws(StageError) {
        isNegated = [.lacks, .lacksIgnoringCase, .doesNotMatch, .doesNotFitPattern].contains(syntax.comparison)
        var tests: [Test] = []
        for operand in syntax.operands {
            tests.append(contentsOf: try LineFilter.tests(syntax.comparison, operand))
        }
        self.tests = tests
    }

    /// What can be looked for in many lines at once.
    struct Probe: Sendable {
        /// What is looked for; not an empty text.
        enum Target: Sendable {
            case text(SubstringSearch)
            case run(ClassRunSearch)
        }

        /// What is looked for.
        let target: Target
        /// Whether a hit alone decides; if not, the line has to be looked at.
        let decides: Bool

        /// The text that is looked for; nil where it is no text.
        var text: SubstringSearch? { if case .text(let search) = target { search } else { nil } }

        /// The length of a hit in bytes.
        var count: Int {
            switch target {
            case .text(let search): search.needle.count
            case .run(let search): search.count
            }
        }

        /// The first hit at or behind `start`.
        func first(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
            switch target {
            case .text(let search): search.first(in: bytes, from: start)
            case .run(let search): search.first(in: bytes, from: start)
            }
        }
    }

    /// The text that a line has to contain to pass, if that is all there is to it.
    var literal: [UInt8]? {
        guard !isNegated, tests.count == 1, case .literal(let search) = tests[0], !search.ignoresCase else {
            return nil
        }
        return search.needle
    }

    /// That without which no test of the filter holds; nil when there is no single one.
    var probe: Probe? {
        guard tests.count == 1 else { return nil }
        switch tests[0] {
        case .literal(let search): return Probe(target: .text(search), decides: true)
        case .pattern(_, let required, _):
            return required.first.map { Probe(target: .text($0), decides: false) }
        case .run(let search): return Probe(target: .run(search), decides: true)
        case .gaps, .address, .always: return nil
        }
    }

    /// What holds for every line for which a test holds.
    var requirements: [LineRequirement] {
        let all = tests.map(\.requirements)
        guard all.count > 1 else { return all.first ?? [] }
        // One of several tests holds: of each the requirement with the longest texts, if they agree on case.
        let best = all.compactMap { $0.max { $0.shortest < $1.shortest } }
        guard best.count == all.count, let first = best.first,
            best.allSatisfy({ $0.ignoresCase == first.ignoresCase })
        else { return [] }
        return [LineRequirement(best.flatMap(\.alternatives), ignoresCase: first.ignoresCase)]
    }

    /// Whether a line passes.
    func accepts(_ line: UnsafeRawBufferPointer) -> Bool {
        for test in tests where test.holds(for: line) { return !isNegated }
        return isNegated
    }

    private static func tests(
        _ comparison: LineFilterSyntax.Comparison, _ operand: LineFilterSyntax.Operand
    ) throws(StageError) -> [Test] {
        let text: String
        switch operand {
        case .text(let written): text = written
        case .ip(let written):
            guard comparison == .contains || comparison == .lacks else { throw StageError("ip: invalid operation") }
            return [.address(try IPMatcher(written))]
        }
        switch comparison {
        case .contains, .lacks:
            return [text.isEmpty ? .always : .literal(SubstringSearch(Array(text.utf8)))]
        case .matches, .doesNotMatch:
            return try patternTests(text)
        case .containsIgnoringCase, .lacksIgnoringCase:
            return text.isEmpty ? [.always] : try patternTests("(?i)" + LineFilter.escaped(text))
        case .fitsPattern, .doesNotFitPattern:
            return [.gaps(try GapPattern(text))]
        }
    }

    /// A pattern that matches the text alone.
    private static func escaped(_ text: String) -> String {
        var pattern = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, !(scalar.properties.isAlphabetic || scalar.properties.numericType != nil) {
                pattern += scalar.value < 0x20 ? "\\x{\(String(scalar.value, radix: 16))}" : "\\"
                if scalar.value < 0x20 { continue }
            }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern
    }

    private static func patternTests(_ text: String) throws(StageError) -> [Test] {
        let pattern: Pattern
        do { pattern = try Pattern(text) } catch { throw StageError(error.goText) }
        let literals = PatternLiterals(text)
        if let alternatives = literals.exactAlternatives {
            if alternatives.contains(where: { $0.isEmpty }) { return [.always] }
            return alternatives.map { .literal(SubstringSearch($0, ignoresCase: literals.ignoresCase)) }
        }
        if literals.required == nil, let run = PatternRun.search(text) { return [.run(run)] }
        let required = literals.required.map { [SubstringSearch($0, ignoresCase: literals.ignoresCase)] } ?? []
        return [.pattern(pattern, required: required, requirements: literals.requirements)]
    }
}

extension LineRequirement {
    /// The length of the shortest alternative.
    fileprivate var shortest: Int { alternatives.map(\.count).min() ?? 0 }
}

extension LineFilter.Test {
    /// What holds for every line for which the test holds.
    fileprivate var requirements: [LineRequirement] {
        switch self {
        case .literal(let search): [LineRequirement([search.needle], ignoresCase: search.ignoresCase)]
        case .pattern(_, _, let requirements): requirements
        case .run, .gaps, .address, .always: []
        }
    }

    /// Whether the test holds for a line.
    func holds(for line: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .always: true
        case .literal(let search): search.matches(line)
        case .run(let search): search.matches(line)
        case .pattern(let pattern, let required, _):
            required.allSatisfy { $0.matches(line) } && pattern.matches(line)
        case .gaps(let pattern): pattern.fits(line)
        case .address(let matcher): matcher.isFound(in: line)
        }
    }
}
