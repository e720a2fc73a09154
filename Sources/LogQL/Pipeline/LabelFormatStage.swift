import WeirModel
import WeirTemplate

/// `| label_format a=b, c="{{.d}}"`: renames labels and sets them from templates.
///
/// Assignments run in order. Renamed labels are seen by what follows; all templates see the labels as they were before
/// the first of them ran.
final class LabelFormatStage: Sendable {
    private enum Assignment: Sendable {
        case rename(LabelName, from: LabelName)
        case template(LabelName, FormatTemplate)
    }

    private let assignments: [Assignment]

    /// Compiles the templates.
    init(_ syntax: [LabelFormatSyntax], context: inout StageContext) throws(StageError) {
        var assignments: [Assignment] = []
        var names: Set<String> = []
        for assignment in syntax {
            guard assignment.name != "__error__" else { throw StageError("__error__ cannot be formatted") }
            guard names.insert(assignment.name).inserted else {
                throw StageError(
                    "multiple label name '\(assignment.name)' not allowed in a single format operation")
            }
            let name = context.names.intern(assignment.name)
            switch assignment.source {
            case .label(let source): assignments.append(.rename(name, from: context.names.intern(source)))
            case .template(let text):
                do {
                    assignments.append(.template(name, try FormatTemplate(text, name: "label", context: &context)))
                } catch {
                    throw StageError("invalid template for label '\(assignment.name)': \(error.message)")
                }
            }
        }
        self.assignments = assignments
    }

    /// Changes the labels; every entry goes on. A template that fails leaves its label and marks the entry.
    func apply(to entry: inout PipelineEntry) -> Bool {
        var root: TemplateValue?
        for assignment in assignments {
            switch assignment {
            case .rename(let name, let source):
                guard let value = entry.labels.value(of: source) else { continue }
                entry.labels.set(name, value)
                entry.labels.remove(source)
            case .template(let name, let template):
                do {
                    if assignments.count == 1 {
                        entry.labels.set(name, try template.render(&entry))
                    } else {
                        let seen = root ?? labels(entry)
                        root = seen
                        entry.labels.set(name, try template.render(root: seen, &entry))
                    }
                } catch {
                    entry.fail(.template, details: error.message)
                }
            }
        }
        return true
    }

    /// The labels that any of the templates looks at.
    private func labels(_ entry: borrowing PipelineEntry) -> TemplateValue {
        var values: [String: TemplateValue] = [:]
        for case .template(_, let template) in assignments { template.add(to: &values, entry) }
        return .map(TemplateMap(values, absent: .string([])))
    }
}
