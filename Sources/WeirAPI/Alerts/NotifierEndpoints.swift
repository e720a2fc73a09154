internal import WeirAlerts
internal import WeirBytes
internal import WeirModel

/// What Weir's notifier answers beyond Alertmanager's API: the history of attempts and tests of receivers; and what
/// operators ask of Alertmanager's own port.
struct NotifierEndpoints: Sendable {
    private let service: AlertService
    private let services: APIServices

    /// The most attempts of one answer.
    private static let attemptsMax = 1000

    init(service: AlertService, services: APIServices) {
        self.service = service
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(["GET"], "/weir/api/v1/alerts/history") { request, _ in await history(request) },
            Endpoint(["POST"], "/weir/api/v1/alerts/test") { request, _ in await test(request) },
        ]
    }

    /// Health and reload, as Alertmanager's own port has them.
    var operations: [Endpoint] {
        [
            Endpoint(["GET"], "/-/healthy") { _, _ in .text("OK") },
            Endpoint(["GET"], "/-/ready") { _, _ in .text("OK") },
        ] + ReloadEndpoint(services: services).endpoints
    }

    private func history(_ request: APIRequest) async -> APIResponse {
        let wanted = request.parameter("limit").flatMap { Int($0) } ?? 100
        do {
            let attempts = try await service.history(countMax: max(0, min(wanted, Self.attemptsMax)))
            return AlertingAnswer.json { json in
                json.list(attempts) { json, attempt in
                    json.raw(#"{"at":"#)
                    json.instant(attempt.at)
                    json.raw(#","receiver":"#)
                    json.string(attempt.key.integration.receiver)
                    json.raw(#","integration":"#)
                    json.string("\(attempt.key.integration.kind)[\(attempt.key.integration.index)]")
                    json.raw(#","groupKey":"#)
                    json.string(attempt.key.groupKey)
                    json.raw(#","reason":"#)
                    json.string(attempt.reason)
                    json.raw(#","outcome":"#)
                    json.string(attempt.outcome)
                    json.raw(#","detail":"#)
                    json.string(attempt.detail)
                    json.raw(#","firing":"#)
                    json.number(attempt.firing)
                    json.raw(#","resolved":"#)
                    json.number(attempt.resolved)
                    json.raw("}")
                }
            }
        } catch { return AlertingAnswer.text("\(error)", status: 500) }
    }

    private func test(_ request: APIRequest) async -> APIResponse {
        guard let receiver = request.parameter("receiver"), !receiver.isEmpty else {
            return AlertingAnswer.text("receiver is missing", status: 400)
        }
        let labels = request.parameters("label").compactMap { text -> Label? in
            guard let mark = text.firstIndex(of: "=") else { return nil }
            return Label(String(text[..<mark]), String(text[text.index(after: mark)...]))
        }
        guard let results = await service.sendTest(receiver: receiver, labels: LabelSet(labels)) else {
            return AlertingAnswer.text("there is no receiver \(QuotedText.quote(receiver))", status: 404)
        }
        return AlertingAnswer.json { json in
            json.list(results) { json, result in
                json.raw(#"{"integration":"#)
                json.string("\(result.id.kind)[\(result.id.index)]")
                let (isDelivered, detail): (Bool, String) =
                    switch result.outcome {
                    case .delivered(let status): (true, status.map { "status \($0)" } ?? "taken")
                    case .postponed(let reason, _), .refused(let reason): (false, reason)
                    }
                if isDelivered {
                    json.raw(#","delivered":true,"detail":"#)
                } else {
                    json.raw(#","delivered":false,"detail":"#)
                }
                json.string(detail)
                json.raw("}")
            }
        }
    }
}
