internal import LogQL
public import WeirModel

/// promtool's short form of a series: `0+10x5 _x3 stale 7`.
public enum SeriesNotation {
    /// The values; nil is a gap.
    ///
    /// - Throws: ``RuleError`` with the part that cannot be read.
    public static func values(_ text: String) throws(RuleError) -> [Double?] {
        var values: [Double?] = []
        for part in text.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\t" }) {
            guard let expanded = expand(part) else {
                throw RuleError("\"\(part)\" is no value; write 5, _, stale, 0+10x5, 3x4 or _x3")
            }
            values += expanded
        }
        return values
    }

    /// The most values that one part may stand for.
    private static let countMax = 1_000_000

    private static func expand(_ part: Substring) -> [Double?]? {
        if part == "_" { return [nil] }
        if part == "stale" { return [Sample.endOfSeries] }
        guard let mark = part.lastIndex(of: "x"), let count = Int(part[part.index(after: mark)...]),
            (0...countMax).contains(count)
        else { return number(part).map { [$0] } }
        let head = part[..<mark]
        if head == "_" { return Array(repeating: nil, count: count) }
        // The sign of the step; one behind an `e` belongs to an exponent, the first to the start.
        let signs = head.indices.dropFirst().filter { index in
            "+-".contains(head[index]) && !"eE".contains(head[head.index(before: index)])
        }
        guard let sign = signs.last else {
            return number(head).map { Array(repeating: $0, count: count + 1) }
        }
        guard let start = number(head[..<sign]), let step = number(head[sign...]) else { return nil }
        return (0...count).map { start + Double($0) * step }
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "NaN": .nan
        case "Inf", "+Inf": .infinity
        case "-Inf": -.infinity
        default: Double(text)
        }
    }

    /// The labels of a series, the name among them: `up{job="a"}`.
    ///
    /// - Throws: ``RuleError`` when it is no series.
    public static func labels(_ text: String) throws(RuleError) -> LabelSet {
        let bare = text.first == "{" || text.contains("{") ? text : text + "{}"
        // Labels alone, as expectations may have them, are no query.
        let named = bare.first == "{" && !bare.contains("__name__") ? "weir" + bare : bare
        let matchers: [Matcher]
        do {
            guard case .metric(.samples(let selector)) = try Query.parse(named) else {
                throw RuleError("\"\(text)\" is no series")
            }
            matchers = selector.matchers
        } catch let error as SyntaxError {
            throw RuleError("\"\(text)\" is no series: \(error.message)")
        } catch {
            throw RuleError("\"\(text)\" is no series")
        }
        var labels = LabelSet(matchers.map { Label($0.name, $0.value) })
        if named != bare { labels["__name__"] = nil }
        guard matchers.allSatisfy({ $0.comparison == .equal }) else {
            throw RuleError("\"\(text)\" is no series: only = may stand in it")
        }
        return labels
    }
}
