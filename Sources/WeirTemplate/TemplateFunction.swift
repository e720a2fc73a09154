/// A function that templates may call.
public struct TemplateFunction: Sendable {
    /// What a parameter takes.
    public enum Parameter: Sendable, Hashable {
        /// A text.
        case string
        /// A whole number.
        case integer
        /// A number.
        case float
        /// An instant.
        case time
        /// Anything, also nothing.
        case any
    }

    /// Why a call failed; the template adds where.
    public struct Failure: Error, Sendable, Hashable {
        /// The reason.
        public let message: String

        /// Creates a failure.
        public init(_ message: String) {
            self.message = message
        }
    }

    /// What the arguments must be; their number and kinds are checked before each call.
    public let parameters: [Parameter]
    /// What further arguments must be; nil allows none.
    public let variadic: Parameter?
    /// The function itself: the checked arguments, and the environment given to the rendering.
    public let body: @Sendable ([TemplateValue], [TemplateValue]) throws(Failure) -> TemplateValue

    /// Creates a function.
    public init(
        _ parameters: [Parameter], variadic: Parameter? = nil,
        _ body: @escaping @Sendable ([TemplateValue], [TemplateValue]) throws(Failure) -> TemplateValue
    ) {
        self.parameters = parameters
        self.variadic = variadic
        self.body = body
    }
}
