/// Why a program cannot start or a command cannot answer: one line that says what, where and what to do.
struct StartFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
