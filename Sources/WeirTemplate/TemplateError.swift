/// Why a template cannot be compiled or rendered, in the words of Go's text/template.
public struct TemplateError: Error, Sendable, Hashable {
    /// The whole message: `template: line:1:3: executing "line" at <div 1 0>: error calling div: …`.
    public let message: String

    /// Creates an error.
    public init(_ message: String) {
        self.message = message
    }
}
