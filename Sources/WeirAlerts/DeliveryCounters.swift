internal import WeirModel

/// Counts of attempts, for `/metrics`.
struct DeliveryCounters: Sendable {
    private var attempts: [String: Int] = [:]
    private var failures: [String: Int] = [:]

    mutating func count(_ kind: String, _ outcome: DeliveryOutcome) {
        attempts[kind, default: 0] += 1
        if case .delivered = outcome { return }
        failures[kind, default: 0] += 1
    }

    /// The metrics, by Alertmanager's names.
    func families(
        _ dispatcher: Dispatcher, _ integrations: [IntegrationID: any Integration], at now: Timestamp
    ) -> [MetricFamily] {
        let views = dispatcher.views(at: now)
        let suppressed = views.count(where: \.isSuppressed)
        let states = Dictionary(grouping: dispatcher.silences.all) { $0.state(at: now) }
        let kinds = Set(integrations.keys.map(\.kind)).union(attempts.keys).sorted()
        var families = [
            MetricFamily(
                "alertmanager_alerts", "Alerts by state.", .gauge,
                samples: [
                    .init(labels: ["state": "active"], value: Double(views.count - suppressed)),
                    .init(labels: ["state": "suppressed"], value: Double(suppressed)),
                ]),
            MetricFamily(
                "alertmanager_silences", "Silences by state.", .gauge,
                samples: [Silence.State.active, .expired, .pending].map { state in
                    .init(labels: ["state": state.rawValue], value: Double(states[state]?.count ?? 0))
                }),
            MetricFamily(
                "weir_alerts_refused_total", "Alerts refused because there were too many.", .counter,
                value: Double(dispatcher.alertsRefused)),
        ]
        if !kinds.isEmpty {
            families += [
                MetricFamily(
                    "alertmanager_notifications_total", "Attempts to tell somebody.", .counter,
                    samples: kinds.map { .init(labels: ["integration": $0], value: Double(attempts[$0] ?? 0)) }),
                MetricFamily(
                    "alertmanager_notifications_failed_total", "Attempts that failed.", .counter,
                    samples: kinds.map { .init(labels: ["integration": $0], value: Double(failures[$0] ?? 0)) }),
                MetricFamily(
                    "weir_receiver_configured", "Whether an integration can tell anybody, 0 or 1.", .gauge,
                    samples: integrations.sorted { "\($0.key)" < "\($1.key)" }.map { id, integration in
                        .init(
                            labels: ["receiver": id.receiver, "integration": "\(id.kind)[\(id.index)]"],
                            value: integration.missing == nil ? 1 : 0)
                    }),
            ]
        }
        return families
    }
}
