import WeirModel
import WeirTemplate

/// A template over the labels of an entry.
struct FormatTemplate: Sendable {
    /// A template of texts and plain labels, which is most of them: joined without a rendering.
    private enum Segment: Sendable {
        case text([UInt8])
        case label(LabelName)
    }

    private let template: Template
    private let segments: [Segment]?
    private let names: [(text: String, name: LabelName)]

    /// Whether the template looks at labels as a whole.
    var usesRoot: Bool { template.usesRoot }

    /// Compiles a template.
    ///
    /// - Parameter name: how messages call it: `line` or `label`.
    init(_ text: String, name: String, context: inout StageContext) throws(TemplateError) {
        let functions = TemplateFunctions.all(now: context.surroundings.now, zones: context.surroundings.zones)
        let template = try Template(text, name: name, functions: functions)
        var names: [(text: String, name: LabelName)] = []
        for field in template.fieldNames.sorted() {
            let name = context.names.intern(field)
            // Loki's templates do not see the error labels.
            if !name.isErrorLabel { names.append((field, name)) }
        }
        self.template = template
        self.names = names
        segments = template.segments?.map { segment in
            switch segment {
            case .text(let bytes): .text(bytes)
            case .field(let field): names.first { $0.text == field }.map { .label($0.name) } ?? .text([])
            }
        }
    }

    /// Renders into the entry's arena.
    func render(_ entry: inout PipelineEntry) throws(TemplateError) -> UnsafeRawBufferPointer {
        if let segments { return FormatTemplate.join(segments, &entry) }
        return try render(root: root(entry), &entry)
    }

    /// Renders with labels taken earlier.
    func render(root: TemplateValue, _ entry: inout PipelineEntry) throws(TemplateError) -> UnsafeRawBufferPointer {
        var bytes: [UInt8] = []
        let environment: [TemplateValue] = [
            .string(Array(entry.line)), .time(TemplateTime(unixNanoseconds: entry.timestamp)),
        ]
        try template.render(root, environment: environment, into: &bytes)
        return bytes.withUnsafeBytes { entry.arena.copy($0) }
    }

    /// The labels that the template looks at; an absent one is the empty text.
    func root(_ entry: borrowing PipelineEntry) -> TemplateValue {
        var values: [String: TemplateValue] = [:]
        add(to: &values, entry)
        return .map(TemplateMap(values, absent: .string([])))
    }

    /// Adds the labels that the template looks at.
    func add(to values: inout [String: TemplateValue], _ entry: borrowing PipelineEntry) {
        if template.usesRoot {
            for index in 0..<entry.labels.count {
                let item = entry.labels.item(at: index)
                guard !item.isRemoved, !item.name.isErrorLabel else { continue }
                let name = String(decoding: entry.labels.text(of: item.name), as: UTF8.self)
                values[name] = .string(Array(item.value))
            }
            return
        }
        for (text, name) in names {
            if let value = entry.labels.value(of: name) { values[text] = .string(Array(value)) }
        }
    }

    private static func join(_ segments: [Segment], _ entry: inout PipelineEntry) -> UnsafeRawBufferPointer {
        var count = 0
        for segment in segments {
            switch segment {
            case .text(let bytes): count += bytes.count
            case .label(let name): count += entry.labels.value(of: name)?.count ?? 0
            }
        }
        let target = entry.arena.allocate(count)
        var written = 0
        for segment in segments {
            switch segment {
            case .text(let bytes): bytes.withUnsafeBytes { append($0, to: target, at: &written) }
            case .label(let name):
                if let value = entry.labels.value(of: name) { append(value, to: target, at: &written) }
            }
        }
        return UnsafeRawBufferPointer(target)
    }

    private static func append(
        _ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, at written: inout Int
    ) {
        guard !bytes.isEmpty else { return }
        UnsafeMutableRawBufferPointer(rebasing: target[written...]).copyMemory(from: bytes)
        written += bytes.count
    }
}
