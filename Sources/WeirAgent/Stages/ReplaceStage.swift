internal import WeirRegex

/// Replaces the groups of a pattern, or whole matches of one without groups, in the line or an extracted value.
final class ReplaceStage: Sendable {
    private let source: Int?
    private let pattern: Pattern
    private let slots: [Int?]
    private let parts: [Part]

    /// A piece of the replacement.
    private enum Part: Sendable {
        case text([UInt8])
        case value(Case)
    }

    /// How the replaced text is put in.
    private enum Case: Sendable {
        case asItIs, upper, lower
    }

    init(
        expression: String, source: String?, replacement: String, _ plan: inout StagePlan
    ) throws(StageError) {
        pattern = try plan.pattern(expression, of: "replace")
        self.source = source.map { plan.value($0) }
        slots = pattern.groupNames.map { name in name.map { plan.value($0) } }
        guard let parts = ReplaceStage.parse(replacement) else {
            throw StageError(
                stage: "replace",
                reason: "\(replacement) is not understood; use text, {{ .Value }}, {{ .Value | ToUpper }} or ToLower")
        }
        self.parts = parts
    }

    func run(_ work: inout EntryWork, _ scratch: inout ScratchArena) {
        var input = work.line
        if let source {
            guard let value = work.values[source] else { return }
            input = value
        }
        var spans = [Range<Int>?](repeating: nil, count: slots.count + 1)
        var result: [UInt8] = []
        var copied = 0
        var from = 0
        var hasMatch = false
        while from <= input.count, pattern.search(input, from: from, spans: &spans), let whole = spans[0] {
            hasMatch = true
            for (index, span) in spans.enumerated() where slots.isEmpty || index > 0 {
                guard let span, span.lowerBound >= copied else { continue }
                result.append(contentsOf: input[copied..<span.lowerBound])
                let start = result.count
                append(input.part(span), to: &result)
                if index > 0, let slot = slots[index - 1] { work.values[slot] = scratch.copy(result[start...]) }
                copied = span.upperBound
            }
            from = whole.isEmpty ? whole.upperBound + 1 : whole.upperBound
        }
        guard hasMatch else { return }
        result.append(contentsOf: input[copied...])
        let replaced = scratch.copy(result)
        if let source { work.values[source] = replaced } else { work.line = replaced }
    }

    private func append(_ value: UnsafeRawBufferPointer, to result: inout [UInt8]) {
        for part in parts {
            switch part {
            case .text(let text): result.append(contentsOf: text)
            case .value(.asItIs): result.append(contentsOf: value)
            case .value(.upper): result.append(contentsOf: value.text.uppercased().utf8)
            case .value(.lower): result.append(contentsOf: value.text.lowercased().utf8)
            }
        }
    }

    private static func parse(_ template: String) -> [Part]? {
        var parts: [Part] = []
        var rest = Substring(template)
        while let open = rest.indices.first(where: { rest[$0...].hasPrefix("{{") }) {
            if open > rest.startIndex { parts.append(.text(Array(rest[..<open].utf8))) }
            let inside = rest[open...].dropFirst(2)
            guard let close = inside.indices.first(where: { inside[$0...].hasPrefix("}}") }) else { return nil }
            switch inside[..<close].filter({ $0 != " " && $0 != "-" }) {
            case ".Value": parts.append(.value(.asItIs))
            case ".Value|ToUpper", "ToUpper.Value": parts.append(.value(.upper))
            case ".Value|ToLower", "ToLower.Value": parts.append(.value(.lower))
            default: return nil
            }
            rest = inside[close...].dropFirst(2)
        }
        if !rest.isEmpty { parts.append(.text(Array(rest.utf8))) }
        return parts
    }
}
