/// A compiled template in the language of Go's text/template.
///
/// Compile once, render often; rendering does not change the template, so threads may share it.
public struct Template: Sendable {
    /// A part of a template that consists of texts and plain fields only.
    public enum Segment: Sendable, Hashable {
        /// Bytes copied as they are.
        case text([UInt8])
        /// `{{.name}}`
        case field(String)
    }

    /// The template's name, as messages show it.
    public let name: String
    /// The parts, if there are only texts and fields; the caller may then join them without a rendering.
    public let segments: [Segment]?
    /// The names that follow a point anywhere: the only fields of the root that matter unless ``usesRoot``.
    public let fieldNames: Set<String>
    /// Whether the root is used as a whole, as in `{{.}}` or `{{range $k, $v := .}}`.
    public let usesRoot: Bool

    private let nodes: [Node]
    let definitions: [String: TemplateDefinition]
    private let functions: [String: TemplateFunction]
    private let methods: TemplateMethods?
    private let escapesHTML: Bool
    private let stepsMax: Int
    private let source: TemplateSource

    /// Compiles `text`.
    ///
    /// - Parameter functions: what the text may call besides the built-in functions.
    /// - Throws: ``TemplateError`` in Go's words, such as `template: line:1: function "frob" not defined`.
    public init(
        _ text: String, name: String, functions: [String: TemplateFunction] = [:]
    ) throws(TemplateError) {
        try self.init(text, name: name, functions: functions, among: nil, escapesHTML: false)
    }

    /// Compiles `text` as one of a set, whose definitions it may invoke.
    init(
        _ text: String, name: String, functions: [String: TemplateFunction], among set: TemplateSet?, escapesHTML: Bool
    ) throws(TemplateError) {
        let source = TemplateSource(text: Array(text.utf8), name: name)
        func failure(_ reason: TemplateFunction.Failure, line: Int) -> TemplateError {
            TemplateError("template: \(name):\(line): \(reason.message)")
        }
        var parser: TemplateParser
        do { parser = try TemplateParser(text, functions: functions) } catch { throw failure(error, line: 1) }
        do { nodes = try parser.document() } catch { throw failure(error, line: parser.line) }
        var known = set?.definitions ?? [:]
        for (defined, body) in parser.definitions {
            known[defined] = TemplateDefinition(nodes: body, source: source)
        }
        definitions = known
        methods = set?.methods
        stepsMax = set?.stepsMax ?? TemplateRendering.stepsMax
        self.escapesHTML = escapesHTML
        self.name = name
        self.functions = functions
        self.source = source
        var survey = TemplateSurvey()
        survey.visit(nodes)
        for body in parser.definitions.values { survey.visit(body) }
        fieldNames = survey.fieldNames
        usesRoot = survey.usesRoot
        segments = TemplateSurvey.segments(of: nodes)
    }

    /// Appends the text of the template for `root` to `target`.
    ///
    /// - Parameter environment: handed to every function that is called, for what differs from rendering to rendering.
    /// - Throws: ``TemplateError`` with the place; `target` may hold a part of the text then.
    public func render(
        _ root: TemplateValue, environment: [TemplateValue] = [], into target: inout [UInt8]
    ) throws(TemplateError) {
        var rendering = TemplateRendering(
            functions: functions, definitions: definitions, source: source, root: root, environment: environment)
        (rendering.methods, rendering.escapesHTML, rendering.stepsLeft) = (methods, escapesHTML, stepsMax)
        try rendering.run(nodes, dot: root, into: &target)
    }
}

/// What `define` names, with the text that it stands in.
struct TemplateDefinition: Sendable {
    var nodes: [Node]
    var source: TemplateSource

    /// Whether it is nothing but white space.
    var isBlank: Bool {
        nodes.allSatisfy { node in
            guard case .text(let bytes) = node else { return false }
            return bytes.allSatisfy { $0 == 0x20 || (0x09...0x0d).contains($0) }
        }
    }
}

/// A template's text, from which messages take line and column.
struct TemplateSource: Sendable {
    var text: [UInt8]
    var name: String

    /// `template: line:1:3: executing "line" at <div 1 0>: reason`
    func error(at place: Place, _ reason: String) -> TemplateError {
        let before = text[..<min(place.offset, text.count)]
        let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let column = place.offset - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
        let shown = place.text.count > 20 ? place.text.prefix(20) + "..." : Substring(place.text)
        return TemplateError("template: \(name):\(line):\(column): executing \"\(name)\" at <\(shown)>: \(reason)")
    }
}

/// Collects which fields a tree uses.
struct TemplateSurvey {
    private(set) var fieldNames: Set<String> = []
    private(set) var usesRoot = false

    mutating func visit(_ nodes: [Node]) {
        for node in nodes { visit(node) }
    }

    private mutating func visit(_ node: Node) {
        switch node {
        case .text, .breakLoop, .continueLoop: break
        case .action(let pipeline): visit(pipeline)
        case .condition(let pipeline, let body, let otherwise), .range(let pipeline, let body, let otherwise),
            .with(let pipeline, let body, let otherwise):
            visit(pipeline)
            visit(body)
            visit(otherwise)
        case .template(_, let pipeline, _):
            if let pipeline { visit(pipeline) }
        }
    }

    private mutating func visit(_ pipeline: PipelineNode) {
        for command in pipeline.commands {
            for operand in command.operands { visit(operand) }
        }
    }

    private mutating func visit(_ operand: OperandNode) {
        switch operand.kind {
        case .constant, .none, .function: break
        case .dot: usesRoot = true
        case .field(let names): fieldNames.formUnion(names)
        case .variable(let name, let names):
            if name == "$", names.isEmpty { usesRoot = true }
            fieldNames.formUnion(names)
        case .pipeline(let pipeline, let names):
            fieldNames.formUnion(names)
            visit(pipeline)
        }
    }

    /// The parts of a tree of texts and plain fields; nil when there is anything else.
    static func segments(of nodes: [Node]) -> [Template.Segment]? {
        var segments: [Template.Segment] = []
        for node in nodes {
            switch node {
            case .text(let bytes): segments.append(.text(bytes))
            case .action(let pipeline):
                guard pipeline.variables.isEmpty, pipeline.commands.count == 1,
                    pipeline.commands[0].operands.count == 1,
                    case .field(let names) = pipeline.commands[0].operands[0].kind, names.count == 1
                else { return nil }
                segments.append(.field(names[0]))
            default: return nil
            }
        }
        return segments
    }
}
