internal import WeirAlerts
internal import WeirBytes
internal import WeirModel
internal import WeirRegex

/// Answers in Alertmanager's manner, and the parameters that its lists share.
enum AlertingAnswer {
    static func json(status: Int = 200, _ write: (inout JSONWriter) -> Void) -> APIResponse {
        var json = JSONWriter(reservingCapacity: 1024)
        write(&json)
        json.raw("\n")
        return APIResponse(status: status, headers: [("Content-Type", "application/json")], body: json.bytes)
    }

    /// An error: the message as a JSON text.
    static func text(_ message: String, status: Int) -> APIResponse {
        json(status: status) { $0.string(message) }
    }

    /// An error of the framework that Alertmanager checks requests with.
    static func coded(_ code: Int, _ message: String, status: Int) -> APIResponse {
        json(status: status) { json in
            json.raw(#"{"code":"#)
            json.number(code)
            json.raw(#","message":"#)
            json.string(message)
            json.raw("}")
        }
    }

    /// The condition that `filter`, `active`, `silenced`, `inhibited` and `muted` make.
    ///
    /// - Throws: ``APITextError`` for a filter or a flag that is none.
    static func condition(_ request: APIRequest) throws -> (AlertView) -> Bool {
        let matchers = try filters(request)
        let (active, silenced) = (try flag(request, "active"), try flag(request, "silenced"))
        let (inhibited, muted) = (try flag(request, "inhibited"), try flag(request, "muted"))
        return { view in
            matchers.allSatisfy { $0.accepts(view.alert.labels) } && (active || view.isSuppressed)
                && (silenced || view.silencedBy.isEmpty) && (inhibited || view.inhibitedBy.isEmpty)
                && (muted || view.mutedBy.isEmpty)
        }
    }

    /// The matchers of all `filter`.
    static func filters(_ request: APIRequest) throws -> [Matcher] {
        var matchers: [Matcher] = []
        for text in request.parameters("filter") { matchers += try MatcherText.parse(text) }
        return matchers
    }

    private static func flag(_ request: APIRequest, _ name: String) throws -> Bool {
        switch request.parameter(name) {
        case nil, "", "true", "1", "t": return true
        case "false", "0", "f": return false
        case let text?: throw APITextError("\(name) in query must be of type boolean: \(QuotedText.quote(text))")
        }
    }

    /// The condition that `receiver`, an anchored pattern, makes.
    static func receivers(_ request: APIRequest) throws -> (String) -> Bool {
        guard let text = request.parameter("receiver"), !text.isEmpty else { return { _ in true } }
        let pattern = try Pattern("^(?:\(text))$")
        return { pattern.matches($0) }
    }
}
