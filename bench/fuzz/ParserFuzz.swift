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
        // Arithmetic on literals may end beyond numbers, for which the language has no text; neither has Loki.
        guard !printed.contains("Inf"), !printed.contains("NaN") else { return }
        // Messages of preconditions are not in release builds.
        do {
            let again = try Query.parse(printed)
            guard again.description != query.description else { return }
            fatalError("\(text)\nprints as\n\(printed)\nwhich reads as\n\(again)")
        } catch {
            fatalError("\(text)\nprints as\n\(printed)\nwhich is refused: \(error.message)")
        }
    }
}
