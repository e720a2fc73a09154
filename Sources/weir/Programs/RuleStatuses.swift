internal import WeirAPI
internal import WeirModel
internal import WeirRules

extension RuleGroupStatus {
    /// What the API shows of a running group.
    init(_ group: RuleGroup) {
        self.init(
            name: group.definition.key.name, namespace: group.definition.key.namespace,
            rules: group.members.map(RuleStatus.init),
            intervalSeconds: Double(group.schedule.intervalNanoseconds) / 1e9, limit: group.definition.limit,
            lastEvaluation: group.evaluatedAt, evaluationSeconds: Double(group.evaluationNanoseconds) / 1e9)
    }
}

extension RuleStatus {
    fileprivate init(_ member: RuleMember) {
        let kind: Kind
        switch member.rule.kind {
        case .recording: kind = .recording
        case .alerting(let hold, let keep, let annotations):
            kind = .alerting(
                forNanoseconds: hold, keepFiringNanoseconds: keep, annotations: annotations,
                alerts: member.activeAlerts.map(AlertStatus.init))
        }
        self.init(
            name: member.rule.name, query: member.rule.expression, labels: member.rule.labels, kind: kind,
            lastError: member.lastError, lastEvaluation: member.evaluatedAt,
            evaluationSeconds: Double(member.evaluationNanoseconds) / 1e9)
    }
}

extension AlertStatus {
    fileprivate init(_ alert: ActiveAlert) {
        self.init(
            labels: alert.labels, annotations: alert.annotations, state: alert.state == .firing ? .firing : .pending,
            activeAt: alert.activeAt, value: alert.value, keptSince: alert.keptSince)
    }
}
