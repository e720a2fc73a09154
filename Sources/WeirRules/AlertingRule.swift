public import WeirModel

/// The alerts of one rule: pending, firing, resolved.
///
/// A plain value: ``advance(to:found:)`` takes what an evaluation found and says what changed, so that production, tests
/// and backtests run the same steps. AlertingRule+State.swift has the steps.
public struct AlertingRule: Sendable {
    /// How long a condition must hold before its alert fires.
    public let holdNanoseconds: Int64
    /// How long an alert goes on firing once its condition no longer holds.
    public let keepNanoseconds: Int64
    /// The alerts, resolved ones included, by their labels.
    public internal(set) var alerts: [LabelSet: ActiveAlert] = [:]

    /// What an evaluation found: a sample whose labels and annotations are filled in.
    public struct Finding: Sendable, Hashable {
        /// All labels of the alert, `alertname` included.
        public var labels: LabelSet
        /// Its annotations.
        public var annotations: LabelSet
        /// The value of its sample.
        public var value: Double

        /// Creates a finding.
        public init(labels: LabelSet, annotations: LabelSet = .empty, value: Double) {
            self.labels = labels
            self.annotations = annotations
            self.value = value
        }
    }

    /// Creates a rule without alerts.
    public init(holdNanoseconds: Int64 = 0, keepNanoseconds: Int64 = 0) {
        self.holdNanoseconds = holdNanoseconds
        self.keepNanoseconds = keepNanoseconds
    }

    /// The alerts that are pending or firing, by labels.
    public var active: [ActiveAlert] {
        alerts.values.filter { $0.state != .resolved }.sorted { $0.labels < $1.labels }
    }

    /// Takes over the alerts of a rule that this one replaces, or that a restart left behind.
    public mutating func adopt(_ others: some Sequence<ActiveAlert>) {
        for alert in others { alerts[alert.labels] = alert }
    }

    /// The alerts that are to be sent at an evaluation, which are noted as sent.
    ///
    /// An alert that is pending is never sent, one that is resolved once, one that fires again and again, because
    /// receivers hold what they no longer hear of to be resolved.
    ///
    /// - Parameters:
    ///   - resendNanoseconds: how long a firing alert is not repeated.
    ///   - validNanoseconds: how long a firing alert holds without being repeated.
    public mutating func takeDue(
        at instant: Timestamp, resendNanoseconds: Int64, validNanoseconds: Int64, generatorURL: String
    ) -> [Alert] {
        var due: [Alert] = []
        for labels in alerts.keys.sorted() {
            guard var alert = alerts[labels], alert.isDue(at: instant, resendNanoseconds) else { continue }
            alert.sentAt = instant
            alerts[labels] = alert
            let end = alert.resolvedAt ?? instant.advanced(byNanoseconds: validNanoseconds)
            due.append(
                Alert(
                    labels: labels, annotations: alert.annotations, startsAt: alert.firedAt ?? alert.activeAt,
                    endsAt: end, generatorURL: generatorURL))
        }
        return due
    }
}

extension ActiveAlert {
    fileprivate func isDue(at instant: Timestamp, _ resendNanoseconds: Int64) -> Bool {
        guard state != .pending else { return false }
        guard let sentAt else { return true }
        if let resolvedAt, resolvedAt > sentAt { return true }
        return state == .firing && sentAt.advanced(byNanoseconds: resendNanoseconds) <= instant
    }
}
