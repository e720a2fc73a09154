internal import WeirAlerts
internal import WeirBytes
internal import WeirModel

/// Alertmanager's API of version 2: `/api/v2`, and the same below `/alertmanager`.
struct AlertEndpoints: Sendable {
    private let service: AlertService
    private let services: APIServices

    init(service: AlertService, services: APIServices) {
        self.service = service
        self.services = services
    }

    var endpoints: [Endpoint] {
        ["/api/v2", "/alertmanager/api/v2"].flatMap { root in
            [
                Endpoint(["GET"], root + "/status") { _, _ in status() },
                Endpoint(["GET"], root + "/receivers") { _, _ in receivers() },
                Endpoint(["GET", "POST"], root + "/alerts") { request, _ in
                    request.method == "POST" ? await post(request) : alerts(request)
                },
                Endpoint(["GET"], root + "/alerts/groups") { request, _ in groups(request) },
            ]
        }
    }

    private func status() -> APIResponse {
        let build = services.build
        return AlertingAnswer.json { json in
            json.raw(#"{"cluster":{"name":"weir","peers":[],"status":"disabled"},"config":{"original":"#)
            json.string(services.alertingText())
            json.raw(#"},"uptime":"#)
            json.instant(services.alertingSince)
            json.raw(#","versionInfo":{"branch":"#)
            json.string(build.branch)
            json.raw(#","buildDate":"#)
            json.string(build.buildDate)
            json.raw(#","buildUser":"#)
            json.string(build.buildUser)
            // Clients ask for the version to know what the API can do.
            json.raw(#","goVersion":"","revision":"#)
            json.string("weir \(build.version)")
            json.raw(#","version":"0.28.0"}}"#)
        }
    }

    private func receivers() -> APIResponse {
        AlertingAnswer.json { json in
            json.list(service.configuration.receivers) { json, receiver in json.receiver(receiver.name) }
        }
    }

    private func post(_ request: APIRequest) async -> APIResponse {
        let posted: PostedAlerts
        do { posted = try PostedAlerts(request.body, at: service.now) } catch {
            return AlertingAnswer.coded(400, "parsing alerts body failed: \(error)", status: 400)
        }
        await service.receive(posted.alerts)
        guard posted.faults.isEmpty else {
            return AlertingAnswer.text(posted.faults.joined(separator: "; "), status: 400)
        }
        return APIResponse(status: 200)
    }

    private func alerts(_ request: APIRequest) -> APIResponse {
        do {
            let (condition, names) = (
                try AlertingAnswer.condition(request), try AlertingAnswer.receivers(request)
            )
            let views = service.dispatcher.views(at: service.now)
                .filter { condition($0) && $0.receivers.contains(where: names) }
            return AlertingAnswer.json { json in json.list(views) { json, view in json.alert(view) } }
        } catch { return AlertingAnswer.text("\(error)", status: 400) }
    }

    private func groups(_ request: APIRequest) -> APIResponse {
        do {
            let (condition, names) = (
                try AlertingAnswer.condition(request), try AlertingAnswer.receivers(request)
            )
            var groups: [AlertGroupView] = []
            for var group in service.dispatcher.groupViews(at: service.now) where names(group.receiver) {
                group.alerts.removeAll { !condition($0) }
                if !group.alerts.isEmpty { groups.append(group) }
            }
            return AlertingAnswer.json { json in
                json.list(groups) { json, group in
                    json.raw(#"{"alerts":"#)
                    json.list(group.alerts) { json, view in json.alert(view) }
                    json.raw(#","labels":"#)
                    json.labels(group.labels)
                    json.raw(#","receiver":"#)
                    json.receiver(group.receiver)
                    json.raw("}")
                }
            }
        } catch { return AlertingAnswer.text("\(error)", status: 400) }
    }
}
