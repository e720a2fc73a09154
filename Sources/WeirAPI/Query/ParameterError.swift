/// A parameter that cannot be read; the text is Loki's, the status 400.
struct ParameterError: Error, Hashable {
    /// The text of the answer.
    var message: String

    init(_ message: String) {
        self.message = message
    }
}
