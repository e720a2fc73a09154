/// An answer to a request.
public struct APIResponse: Sendable {
    /// Writes a body piece by piece; `write` waits until the client takes more. An error breaks the answer off.
    public typealias BodyStream = @Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void

    /// The HTTP status code.
    public var status: Int
    /// Header fields in order, besides `Content-Length`.
    public var headers: [(name: String, value: String)]
    /// The body; empty for 204.
    public var body: [UInt8]
    /// What writes the body instead, when it is too long to be held in memory.
    public var stream: BodyStream?

    /// Creates an answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON answer in Loki's content type.
    public static func json(_ body: [UInt8], status: Int = 200) -> APIResponse {
        APIResponse(status: status, headers: [("Content-Type", "application/json; charset=UTF-8")], body: body)
    }

    /// A plain-text answer: the form of Loki's errors.
    public static func text(_ text: String, status: Int = 200) -> APIResponse {
        APIResponse(
            status: status,
            headers: [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")],
            body: Array(text.utf8))
    }
}
