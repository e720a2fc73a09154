internal import WeirBytes
internal import WeirModel

/// What rules and alerts there are, in the forms of Prometheus (for Grafana's alerting pages) and of Loki's rule files.
struct RuleEndpoints: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        var endpoints = [
            Endpoint(["GET"], "/prometheus/api/v1/rules") { request, _ in await groups(request) },
            Endpoint(["GET"], "/prometheus/api/v1/alerts") { request, _ in await alerts(request) },
        ]
        for root in ["/loki/api/v1/rules", "/api/prom/rules"] {
            endpoints += RuleFileEndpoints(services: services).endpoints(below: root)
        }
        return endpoints
    }

    private func groups(_ request: APIRequest) async -> APIResponse {
        let type = request.parameter("type") ?? ""
        guard ["", "alert", "record"].contains(type) else {
            return RuleEndpoints.failure("not supported value \"\(type)\"")
        }
        // Loki's own pages leave the brackets out.
        func wanted(_ name: String) -> Set<String> {
            Set(request.parameters(name + "[]") + request.parameters(name))
        }
        let (names, groupNames, files) = (wanted("rule_name"), wanted("rule_group"), wanted("file"))
        let leavesOutAlerts = request.parameter("exclude_alerts") == "true"
        var found: [RuleGroupStatus] = []
        for var group in await services.ruleGroups(request.tenant) {
            guard groupNames.isEmpty || groupNames.contains(group.name),
                files.isEmpty || files.contains(group.namespace)
            else { continue }
            group.rules.removeAll { rule in
                !names.isEmpty && !names.contains(rule.name) || type == "alert" && !rule.isAlerting
                    || type == "record" && rule.isAlerting
            }
            if leavesOutAlerts {
                for index in group.rules.indices { group.rules[index].leaveOutAlerts() }
            }
            // A group that a filter leaves empty is not shown.
            let isFiltered = !names.isEmpty || !type.isEmpty
            if !isFiltered || !group.rules.isEmpty { found.append(group) }
        }
        return RuleEndpoints.success { json in
            json.raw(#"{"groups":"#)
            json.list(found) { json, group in json.group(group) }
            json.raw("}")
        }
    }

    private func alerts(_ request: APIRequest) async -> APIResponse {
        let groups = await services.ruleGroups(request.tenant)
        let alerts = groups.flatMap { $0.rules.flatMap(\.alerts) }
        return RuleEndpoints.success { json in
            json.raw(#"{"alerts":"#)
            json.list(alerts) { json, alert in json.alert(alert) }
            json.raw("}")
        }
    }

    private static func success(_ data: (inout JSONWriter) -> Void) -> APIResponse {
        var json = JSONWriter(reservingCapacity: 1024)
        json.raw(#"{"status":"success","data":"#)
        data(&json)
        json.raw(#","errorType":"","error":""}"#)
        return answer(json, status: 200)
    }

    private static func failure(_ message: String) -> APIResponse {
        var json = JSONWriter()
        json.raw(#"{"status":"error","data":null,"errorType":"bad_data","error":"#)
        json.string(message)
        json.raw("}")
        return answer(json, status: 400)
    }

    private static func answer(_ json: JSONWriter, status: Int) -> APIResponse {
        APIResponse(status: status, headers: [("Content-Type", "application/json")], body: json.bytes)
    }
}

extension RuleStatus {
    fileprivate var isAlerting: Bool {
        if case .alerting = kind { true } else { false }
    }

    fileprivate var alerts: [AlertStatus] {
        if case .alerting(_, _, _, let alerts) = kind { alerts } else { [] }
    }

    fileprivate mutating func leaveOutAlerts() {
        guard case .alerting(let hold, let keep, let annotations, _) = kind else { return }
        kind = .alerting(
            forNanoseconds: hold, keepFiringNanoseconds: keep, annotations: annotations, alerts: [])
    }

    /// How far the alert that has come farthest has.
    fileprivate var state: String {
        let alerts = alerts
        if alerts.contains(where: { $0.state == .firing }) { return "firing" }
        return alerts.isEmpty ? "inactive" : "pending"
    }
}

extension JSONWriter {
    fileprivate mutating func group(_ group: RuleGroupStatus) {
        raw(#"{"name":"#)
        string(group.name)
        raw(#","file":"#)
        string(group.namespace)
        raw(#","rules":"#)
        list(group.rules) { json, rule in json.rule(rule) }
        raw(#","interval":"#)
        number(group.intervalSeconds)
        raw(#","limit":"#)
        number(group.limit)
        evaluation(group.lastEvaluation, group.evaluationSeconds)
        raw("}")
    }

    private mutating func rule(_ rule: RuleStatus) {
        raw("{")
        if case .alerting = rule.kind {
            raw(#""state":"#)
            string(rule.state)
            raw(",")
        }
        raw(#""name":"#)
        string(rule.name)
        raw(#","query":"#)
        string(rule.query)
        if case .alerting(let nanoseconds, let keep, let annotations, let alerts) = rule.kind {
            raw(#","duration":"#)
            number(Double(nanoseconds) / 1e9)
            // Loki does not know the key, so it is only shown where it says something.
            if keep > 0 {
                raw(#","keepFiringFor":"#)
                number(Double(keep) / 1e9)
            }
            raw(#","labels":"#)
            labels(rule.labels)
            raw(#","annotations":"#)
            labels(annotations)
            raw(#","alerts":"#)
            list(alerts) { json, alert in json.alert(alert) }
        } else if !rule.labels.isEmpty {
            raw(#","labels":"#)
            labels(rule.labels)
        }
        raw(#","health":"#)
        string(rule.lastError != nil ? "err" : rule.lastEvaluation == nil ? "unknown" : "ok")
        raw(#","lastError":"#)
        string(rule.lastError ?? "")
        if case .alerting = rule.kind { raw(#","type":"alerting""#) } else { raw(#","type":"recording""#) }
        evaluation(rule.lastEvaluation, rule.evaluationSeconds)
        raw("}")
    }

    fileprivate mutating func alert(_ alert: AlertStatus) {
        raw(#"{"labels":"#)
        labels(alert.labels)
        raw(#","annotations":"#)
        labels(alert.annotations)
        raw(#","state":"#)
        string(alert.state.rawValue)
        raw(#","activeAt":"#)
        string(TimeText.nanoseconds(alert.activeAt.nanoseconds))
        raw(#","value":"#)
        string(ExponentText.text(alert.value))
        if let keptSince = alert.keptSince {
            raw(#","keepFiringSince":"#)
            string(TimeText.nanoseconds(keptSince.nanoseconds))
        }
        raw("}")
    }

    private mutating func evaluation(_ instant: Timestamp?, _ seconds: Double) {
        raw(#","lastEvaluation":"#)
        // Go's zero time stands for never.
        string(instant.map { TimeText.nanoseconds($0.nanoseconds) } ?? "0001-01-01T00:00:00Z")
        raw(#","evaluationTime":"#)
        number(seconds)
    }
}
