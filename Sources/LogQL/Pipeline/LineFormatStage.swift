import WeirModel
import WeirTemplate

/// `| line_format "{{.level}} {{.msg}}"`: replaces the line by the text of a template.
final class LineFormatStage: Sendable {
    private let template: FormatTemplate

    /// Compiles the template.
    init(_ text: String, context: inout StageContext) throws(StageError) {
        do {
            template = try FormatTemplate(text, name: "line", context: &context)
        } catch {
            throw StageError("invalid line template: \(error.message)")
        }
    }

    /// Replaces the line; every entry goes on. A template that fails leaves the line and marks the entry.
    func apply(to entry: inout PipelineEntry) -> Bool {
        do {
            entry.line = try template.render(&entry)
        } catch {
            entry.fail(.template, details: error.message)
        }
        return true
    }
}
