/// One path of the API with its methods, and what answers it.
struct Endpoint: Sendable {
    /// Takes a request and the parts of the path that braces caught; never throws, because every failure is an answer.
    typealias Handler = @Sendable (_ request: APIRequest, _ captures: [String: String]) async -> APIResponse

    /// The path, with `{name}` for a segment that may be anything: `/loki/api/v1/label/{name}/values`.
    let path: String
    /// The methods it answers; `HEAD` comes with `GET`.
    let methods: [String]
    /// What answers.
    let handler: Handler

    init(_ methods: [String], _ path: String, _ handler: @escaping Handler) {
        self.methods = methods
        self.path = path
        self.handler = handler
    }

    /// The methods of everything that asks: parameters come in the URL or in a form.
    static let asking = ["GET", "POST"]
}
