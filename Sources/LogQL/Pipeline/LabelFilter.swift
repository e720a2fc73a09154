import WeirModel

/// A condition on labels of an entry.
///
/// An entry whose label cannot be converted passes with an error; one without the label does not pass a comparison of
/// numbers, durations or sizes.
final class LabelFilter: Sendable {
    private let condition: Condition

    /// The running form of a condition; text is compared as bytes.
    private indirect enum Condition: Sendable {
        case text(LabelName, LabelCondition)
        case address(LabelName, IPMatcher, isNegated: Bool)
        case number(LabelName, NumberComparison, Double)
        case duration(LabelName, NumberComparison, Int64)
        case bytes(LabelName, NumberComparison, UInt64)
        case and(Condition, Condition)
        case or(Condition, Condition)
    }

    /// Builds the running form.
    init(_ syntax: LabelFilterSyntax, context: inout StageContext) throws(StageError) {
        condition = try LabelFilter.condition(syntax, &context)
    }

    /// Whether the entry passes.
    func apply(to entry: inout PipelineEntry) -> Bool {
        LabelFilter.holds(condition, &entry)
    }

    private static func condition(
        _ syntax: LabelFilterSyntax, _ context: inout StageContext
    ) throws(StageError) -> Condition {
        switch syntax {
        case .text(let matcher):
            let condition = try LabelCondition(matcher, dropsEmptyAlternative: true)
            return .text(context.names.intern(matcher.name), condition)
        case .number(let name, let comparison, let value):
            return .number(context.names.intern(name), comparison, value)
        case .duration(let name, let comparison, let nanoseconds):
            return .duration(context.names.intern(name), comparison, nanoseconds)
        case .bytes(let name, let comparison, let bytes):
            // Loki prints and reads a query again before it runs it, and printing rounds: `5MiB` becomes `5.2MB`.
            return .bytes(context.names.intern(name), comparison, SizeText.rounded(bytes))
        case .ip(let name, let isNegated, let text):
            return .address(context.names.intern(name), try IPMatcher(text), isNegated: isNegated)
        case .and(let left, let right):
            return .and(try condition(left, &context), try condition(right, &context))
        case .or(let left, let right):
            return .or(try condition(left, &context), try condition(right, &context))
        }
    }

    private static func holds(_ condition: Condition, _ entry: inout PipelineEntry) -> Bool {
        switch condition {
        case .text(let name, let condition):
            return condition.accepts(entry.labels.value(of: name) ?? UnsafeRawBufferPointer(start: nil, count: 0))
        case .address(let name, let matcher, let isNegated):
            guard let value = entry.labels.value(of: name) else { return false }
            return matcher.isFound(in: value) != isNegated
        case .number(let name, let comparison, let limit):
            return compare(name, comparison, limit, &entry, ValueText.number) {
                "strconv.ParseFloat: parsing \(QuotedText.quote($0)): invalid syntax"
            }
        case .duration(let name, let comparison, let limit):
            return compare(name, comparison, limit, &entry, DurationText.go) {
                ConversionFault.duration($0)
            }
        case .bytes(let name, let comparison, let limit):
            return compare(name, comparison, limit, &entry, ValueText.byteSize) {
                ConversionFault.byteSize($0)
            }
        case .and(let left, let right):
            // Both sides run, so that an error of the second one shows as it does in Loki.
            let isLeft = holds(left, &entry)
            return holds(right, &entry) && isLeft
        case .or(let left, let right):
            return holds(left, &entry) || holds(right, &entry)
        }
    }

    private static func compare<Value: Comparable>(
        _ name: LabelName, _ comparison: NumberComparison, _ limit: Value, _ entry: inout PipelineEntry,
        _ convert: (UnsafeRawBufferPointer) -> Value?, details: (String) -> String
    ) -> Bool {
        guard let text = entry.labels.value(of: name) else { return false }
        guard let value = convert(text) else {
            if !entry.labels.hasError {
                entry.fail(.labelFilter, details: details(String(decoding: text, as: UTF8.self)))
            }
            return true
        }
        switch comparison {
        case .equal: return value == limit
        case .notEqual: return value != limit
        case .greater: return value > limit
        case .greaterOrEqual: return value >= limit
        case .less: return value < limit
        case .lessOrEqual: return value <= limit
        }
    }
}
