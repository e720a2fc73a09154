public import WeirModel

/// A selector with line filters behind it and no other stage: what requests to delete lines are written in.
public struct LineSelection: Sendable {
    /// What the selector says of streams.
    public let matchers: [Matcher]
    private let filters: [LineFilter]

    /// Reads a selection.
    ///
    /// - Throws: why it is none; a stage that needs more than the line is named.
    public init(_ text: String) throws(SyntaxError) {
        guard case .log(let query) = try Query.parse(text, dialect: .loki) else {
            throw SyntaxError(verbatim: "only a selector with line filters, not a metric query, picks lines")
        }
        var filters: [LineFilter] = []
        for stage in query.stages {
            guard case .lineFilter(let syntax) = stage else {
                throw SyntaxError(verbatim: "stage '\(stage)' : only line filters can pick lines here")
            }
            do {
                filters.append(try LineFilter(syntax))
            } catch {
                throw SyntaxError(verbatim: "stage '\(stage)' : \(error.message)")
            }
        }
        matchers = query.matchers
        self.filters = filters
    }

    /// Whether every line of the streams is meant.
    public var takesWholeStreams: Bool { filters.isEmpty }

    /// Whether a line is meant.
    public func accepts(_ line: UnsafeRawBufferPointer) -> Bool {
        filters.allSatisfy { $0.accepts(line) }
    }
}
