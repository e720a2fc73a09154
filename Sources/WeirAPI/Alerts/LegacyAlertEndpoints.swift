internal import WeirAlerts
internal import WeirBytes
internal import WeirModel

/// Alertmanager's API of version 1, which scripts still call although it is gone there.
///
/// On the server's own port only what means nothing else is answered: `GET /api/v1/alerts` is Prometheus' too.
struct LegacyAlertEndpoints: Sendable {
    private let service: AlertService
    private let services: APIServices

    init(service: AlertService, services: APIServices) {
        self.service = service
        self.services = services
    }

    /// The calls without a second meaning.
    var endpoints: [Endpoint] {
        [
            Endpoint(["GET", "POST"], "/api/v1/alerts") { request, _ in
                request.method == "POST" ? await post(request) : ambiguous()
            },
            Endpoint(["GET", "POST"], "/api/v1/silences") { request, _ in
                request.method == "POST" ? await postSilence(request) : silences(request)
            },
            Endpoint(["GET", "DELETE"], "/api/v1/silence/{id}") { request, captures in
                await silence(captures["id"] ?? "", isDelete: request.method == "DELETE")
            },
            Endpoint(["GET"], "/api/v1/receivers") { _, _ in receivers() },
        ]
    }

    /// All calls, for a listener that speaks nothing else.
    var allEndpoints: [Endpoint] {
        [
            Endpoint(["GET", "POST"], "/api/v1/alerts") { request, _ in
                request.method == "POST" ? await post(request) : alerts(request)
            },
            Endpoint(["GET"], "/api/v1/status") { _, _ in status() },
        ] + endpoints.filter { $0.path != "/api/v1/alerts" }
    }

    // MARK: Envelopes

    private static func success(_ data: ((inout JSONWriter) -> Void)? = nil) -> APIResponse {
        AlertingAnswer.json { json in
            json.raw(#"{"status":"success""#)
            if let data {
                json.raw(#","data":"#)
                data(&json)
            }
            json.raw("}")
        }
    }

    private static func failure(_ message: String, type: StaticString = "bad_data", status: Int = 400) -> APIResponse {
        AlertingAnswer.json(status: status) { json in
            json.raw(#"{"status":"error","errorType":""#)
            json.raw(type)
            json.raw(#"","error":"#)
            json.string(message)
            json.raw("}")
        }
    }

    private func ambiguous() -> APIResponse {
        Self.failure(
            "this path means two things: ask /alertmanager/api/v2/alerts for the alerts of the notifier, "
                + "/prometheus/api/v1/alerts for those of the rules, or set alerting.listen for Alertmanager's own port",
            type: "not_found", status: 404)
    }

    // MARK: Calls

    private func post(_ request: APIRequest) async -> APIResponse {
        let posted: PostedAlerts
        do { posted = try PostedAlerts(request.body, at: service.now) } catch { return Self.failure("\(error)") }
        await service.receive(posted.alerts)
        return posted.faults.isEmpty ? Self.success() : Self.failure(posted.faults.joined(separator: "; "))
    }

    private func alerts(_ request: APIRequest) -> APIResponse {
        do {
            let (condition, names) = (
                try AlertingAnswer.condition(request), try AlertingAnswer.receivers(request)
            )
            let views = service.dispatcher.views(at: service.now)
                .filter { condition($0) && $0.receivers.contains(where: names) }
            return Self.success { json in json.list(views) { json, view in json.alert(view, isV1: true) } }
        } catch { return Self.failure("\(error)") }
    }

    private func silences(_ request: APIRequest) -> APIResponse {
        let now = service.now
        let sorted = SilenceEndpoints.sorted(service.dispatcher.silences.all, at: now)
        return Self.success { json in json.list(sorted) { json, silence in json.silence(silence, at: now) } }
    }

    private func postSilence(_ request: APIRequest) async -> APIResponse {
        let posted: PostedSilence
        do { posted = try PostedSilence(request.body, at: service.now) } catch { return Self.failure("\(error)") }
        do {
            let id = try await service.setSilence(posted.silence)
            return Self.success { json in
                json.raw(#"{"silenceId":"#)
                json.string(id)
                json.raw("}")
            }
        } catch { return Self.failure("\(error)") }
    }

    private func silence(_ id: String, isDelete: Bool) async -> APIResponse {
        if isDelete {
            do { try await service.expireSilence(id) } catch { return Self.failure("\(error)") }
            return Self.success()
        }
        guard let silence = service.dispatcher.silences[id] else {
            return AlertingAnswer.text("Error getting silence: silence not found", status: 404)
        }
        let now = service.now
        return Self.success { json in json.silence(silence, at: now) }
    }

    private func receivers() -> APIResponse {
        Self.success { json in
            json.list(service.configuration.receivers) { json, receiver in json.string(receiver.name) }
        }
    }

    private func status() -> APIResponse {
        Self.success { json in
            json.raw(#"{"configYAML":"#)
            json.string(services.alertingText())
            json.raw(#","uptime":"#)
            json.instant(services.alertingSince)
            json.raw(#","versionInfo":{"version":"0.28.0"},"clusterStatus":null}"#)
        }
    }
}
