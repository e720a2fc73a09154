import WeirBytes
import WeirModel

/// `| pattern "<ip> - <_> [<time>]"`: makes a label of every named capture between literals.
///
/// A literal in front must be at the start of the line; each other one is found at its first place behind the previous
/// one. Where one is missing, the capture before it takes the rest, and the remaining captures stay unset.
final class PatternStage: Sendable {
    /// A capture with the literal that ends it; nil is the end of the line.
    private struct Step: Sendable {
        var name: LabelName?
        var end: SubstringSearch?
    }

    private let head: [UInt8]
    private let steps: [Step]

    /// Builds the running form.
    init(_ text: String, context: inout StageContext) throws(StageError) {
        let template = PatternTemplate(text)
        do { try template.checkForStage() } catch { throw StageError(error.message) }
        var parts = template.parts[...]
        if case .literal(let bytes)? = parts.first {
            head = bytes
            parts.removeFirst()
        } else {
            head = []
        }
        var steps: [Step] = []
        for part in parts {
            switch part {
            case .capture(let name): steps.append(Step(name: name.map { context.names.intern($0) }, end: nil))
            case .literal(let bytes): steps[steps.count - 1].end = SubstringSearch(bytes)
            }
        }
        self.steps = steps
    }

    /// Extracts the labels; every entry goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        let line = entry.line
        guard !line.isEmpty, line.starts(with: head) else { return true }
        var start = head.count
        for step in steps {
            let found = step.end?.first(in: line, from: start)
            if let name = step.name {
                entry.labels.extract(name, UnsafeRawBufferPointer(rebasing: line[start..<(found ?? line.count)]))
            }
            guard let found, let end = step.end else { return true }
            start = found + end.needle.count
        }
        return true
    }
}
