public import WeirModel

// The life of an alert:
//
//            condition holds              has held for `for`
//   (none) ──────────────────▶ pending ──────────────────────▶ firing
//      ▲                          │                              │  condition gone, for longer than keep_firing_for
//      │     condition gone       │                              ▼
//      ├──────────────────────────┘                          resolved ──▶ (none) after 15 minutes
//      │                                                         │ condition holds again: a new pending alert
//      └─────────────────────────────────────────────────────────┘

extension AlertingRule {
    /// How long a resolved alert is kept, so that receivers that could not be reached hear of it.
    public static let resolvedRetentionNanoseconds: Int64 = 15 * 60 * 1_000_000_000

    /// Takes the findings of an evaluation, each with labels of its own, and returns what changed in order of labels.
    public mutating func advance(to instant: Timestamp, found: [Finding]) -> [AlertChange] {
        var changes: [AlertChange] = []
        var present: Set<LabelSet> = []
        for finding in found {
            present.insert(finding.labels)
            if alerts[finding.labels].map({ $0.state == .resolved }) ?? true {
                alerts[finding.labels] = ActiveAlert(
                    labels: finding.labels, annotations: finding.annotations, value: finding.value, activeAt: instant)
                // Without a hold pending is not a state anybody could see.
                if holdNanoseconds > 0 { changes.append(AlertChange(.pending, at: instant, finding)) }
            }
            alerts[finding.labels]!.annotations = finding.annotations
            alerts[finding.labels]!.value = finding.value
        }
        for labels in alerts.keys.sorted() {
            var alert = alerts[labels]!
            let kind = present.contains(labels) ? hold(&alert, at: instant) : miss(&alert, at: instant)
            if let kind { changes.append(AlertChange(kind, at: instant, labels: labels, value: alert.value)) }
            let isForgotten =
                kind == .dropped
                || alert.resolvedAt.map {
                    $0.advanced(byNanoseconds: AlertingRule.resolvedRetentionNanoseconds) < instant
                } ?? false
            alerts[labels] = isForgotten ? nil : alert
        }
        return changes.sorted { ($0.labels, $0.kind.order) < ($1.labels, $1.kind.order) }
    }

    /// The condition holds.
    private func hold(_ alert: inout ActiveAlert, at instant: Timestamp) -> AlertChange.Kind? {
        alert.keptSince = nil
        let hasHeld = instant.nanoseconds - alert.activeAt.nanoseconds >= holdNanoseconds
        switch (alert.state, hasHeld) {
        case (.pending, true):
            alert.state = .firing
            alert.firedAt = instant
            return .firing
        case (.firing, false):
            // A reload made the hold longer.
            alert.state = .pending
            alert.firedAt = nil
            return .pending
        default: return nil
        }
    }

    /// The condition does not hold.
    private func miss(_ alert: inout ActiveAlert, at instant: Timestamp) -> AlertChange.Kind? {
        switch alert.state {
        case .resolved: return nil
        case .pending: return .dropped
        case .firing:
            if keepNanoseconds > 0 {
                let since = alert.keptSince ?? instant
                alert.keptSince = since
                if instant.nanoseconds - since.nanoseconds < keepNanoseconds { return nil }
            }
            alert.state = .resolved
            alert.keptSince = nil
            alert.resolvedAt = instant
            return .resolved
        }
    }
}

extension AlertChange {
    fileprivate init(_ kind: Kind, at instant: Timestamp, _ finding: AlertingRule.Finding) {
        self.init(kind, at: instant, labels: finding.labels, value: finding.value)
    }
}

extension AlertChange.Kind {
    /// The order in which steps of one alert at one instant happen.
    fileprivate var order: Int {
        switch self {
        case .pending: 0
        case .firing: 1
        case .resolved, .dropped: 2
        }
    }
}
