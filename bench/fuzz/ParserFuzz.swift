import LogQL

/// Any text is a query or a syntax error, and a query's own text is the same query again.
enum ParserFuzz {
    static func test(_ input: UnsafeRawBufferPointer) {
        let text = String(decoding: input, as: UTF8.self)
        guard let query = try? Query.parse(text) else { return }
        expectSame(query, query.description, of: text)
        expectSame(query, query.formatted(), of: text)
    }

    /// Texts are compared, because NaN, which a query may hold, is not equal to itself.
    private static func expectSame(_ query: Query, _ printed: String, of text: String) {
        do {
            let again = try Query.parse(printed)
            precondition(
                again.description == query.description, "\(text)\nprints as\n\(printed)\nwhich reads as\n\(again)")
        } catch {
            preconditionFailure("\(text)\nprints as\n\(printed)\nwhich is refused: \(error.message)")
        }
    }
}
