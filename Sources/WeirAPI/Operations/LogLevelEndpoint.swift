internal import WeirBytes

/// `/log_level`: what the program's own log says, read and changed while it runs.
struct LogLevelEndpoint: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(Endpoint.asking, "/log_level") { request, _ in
                request.method == "GET"
                    ? LogLevelEndpoint.message("Current log level is \(services.logLevel.get().rawValue)")
                    : change(request)
            }
        ]
    }

    private func change(_ request: APIRequest) -> APIResponse {
        let text = request.parameter("log_level") ?? ""
        guard let level = ServerConfiguration.LogLevel(rawValue: text) else {
            return LogLevelEndpoint.message(
                "unrecognized log level \"\(text)\"", outcome: "failed", status: 400)
        }
        services.logLevel.set(level)
        return LogLevelEndpoint.message("Log level set to \(text)", outcome: "success")
    }

    private static func message(_ text: String, outcome: String? = nil, status: Int = 200) -> APIResponse {
        var json = JSONWriter()
        json.raw("{")
        json.raw(#""message":"#)
        json.string(text)
        if let outcome {
            json.raw(#","status":"#)
            json.string(outcome)
        }
        json.raw("}\n")
        return APIResponse(status: status, headers: [("Content-Type", "application/json")], body: json.bytes)
    }
}

/// The program's own log level, to read and to change.
public struct LogLevelControl: Sendable {
    /// The level now.
    public var get: @Sendable () -> ServerConfiguration.LogLevel
    /// Changes it.
    public var set: @Sendable (ServerConfiguration.LogLevel) -> Void

    /// Creates a control.
    public init(
        get: @escaping @Sendable () -> ServerConfiguration.LogLevel,
        set: @escaping @Sendable (ServerConfiguration.LogLevel) -> Void
    ) {
        self.get = get
        self.set = set
    }

    /// A level that stays at `info`, for programs without a log.
    public static let fixed = LogLevelControl(get: { .info }, set: { _ in })
}
