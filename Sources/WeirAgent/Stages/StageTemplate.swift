internal import WeirTemplate

/// A template over the extracted values, `.Value` and `.Entry`.
struct StageTemplate: Sendable {
    private let template: Template
    private let fields: [(name: String, slot: Int)]
    private let usesEntry: Bool

    /// Compiles a template.
    init(_ text: String, of stage: String, _ plan: inout StagePlan) throws(StageError) {
        do throws(TemplateError) {
            template = try Template(text, name: stage, functions: StageFunctions.all(plan.resources))
        } catch {
            throw StageError(stage: stage, reason: "\(error.message) in \(text)")
        }
        let own: Set<String> = ["Value", "Entry"]
        fields = template.fieldNames.subtracting(own).sorted().map { ($0, plan.value($0)) }
        usesEntry = template.usesRoot || template.fieldNames.contains("Entry")
    }

    /// Appends the text for an entry.
    ///
    /// - Parameters:
    ///   - value: what `.Value` stands for.
    ///   - names: the names of all values, for templates that go over them.
    /// - Returns: whether that worked; if not, `target` may hold a part.
    func render(
        _ work: EntryWork, value: UnsafeRawBufferPointer?, names: [String], into target: inout [UInt8]
    ) -> Bool {
        var values: [String: TemplateValue] = [:]
        if template.usesRoot {
            for (slot, name) in names.enumerated() {
                if let text = work.values[slot] { values[name] = .string(Array(text)) }
            }
        } else {
            for (name, slot) in fields {
                if let text = work.values[slot] { values[name] = .string(Array(text)) }
            }
        }
        if let value { values["Value"] = .string(Array(value)) }
        if usesEntry { values["Entry"] = .string(Array(work.line)) }
        let environment: [TemplateValue] = [
            .string(Array(work.line)), .time(TemplateTime(unixNanoseconds: work.timestamp)),
        ]
        do throws(TemplateError) {
            try template.render(.map(TemplateMap(values)), environment: environment, into: &target)
            return true
        } catch {
            return false
        }
    }
}

/// Sets an extracted value to the text of a template; an empty text removes it.
final class TemplateStage: Sendable {
    private let source: Int
    private let template: StageTemplate

    init(source: String, template: String, _ plan: inout StagePlan) throws(StageError) {
        guard !source.isEmpty else { throw StageError(stage: "template", reason: "needs a source") }
        self.source = plan.value(source)
        self.template = try StageTemplate(template, of: "template", &plan)
    }

    /// A template that fails leaves the value as it is.
    func run(_ work: inout EntryWork, names: [String], _ scratch: inout ScratchArena) {
        var text: [UInt8] = []
        guard template.render(work, value: work.values[source], names: names, into: &text) else { return }
        work.values[source] = text.isEmpty ? nil : scratch.copy(text)
    }
}
