internal import LogQL
public import WeirModel
internal import WeirTemplate

extension RuleGroup {
    /// How long alerts that fire are repeated while their rule cannot be evaluated: "could not ask" is not "all is well".
    static let repeatedWhileFailingNanoseconds: Int64 = 15 * 60 * 1_000_000_000

    /// Evaluates all rules in order at an instant; each sees what those before it recorded.
    ///
    /// A rule that fails keeps its alerts and says why in its `lastError`; the others go on.
    ///
    /// - Throws: `CancellationError` when the task is cancelled; the group is then to be thrown away, because some of its
    ///   rules know of the instant and others do not.
    public mutating func evaluate(
        at instant: Timestamp, _ surroundings: RuleSurroundings
    ) async throws(CancellationError) -> RuleOutcome {
        if let evaluatedAt { iterationsMissed += schedule.slotsMissed(from: evaluatedAt, to: instant) }
        let start = surroundings.monotonicNanoseconds()
        let sharing = SharedScans()
        var outcome = RuleOutcome()
        for index in members.indices {
            let begin = surroundings.monotonicNanoseconds()
            do {
                let remark = try await evaluate(&members[index], at: instant, surroundings, sharing, &outcome)
                members[index].lastError = remark?.message
                members[index].succeededAt = instant
            } catch {
                if Task.isCancelled { throw CancellationError() }
                members[index].lastError = error.message
                members[index].failures += 1
            }
            members[index].takeDue(at: instant, schedule, surroundings, &outcome)
            members[index].evaluatedAt = instant
            members[index].evaluationNanoseconds = surroundings.monotonicNanoseconds() - begin
        }
        evaluatedAt = instant
        evaluationNanoseconds = surroundings.monotonicNanoseconds() - start
        iterations += 1
        return outcome
    }

    /// Evaluates one rule; what is returned is an error that has not kept it from being evaluated.
    private func evaluate(
        _ member: inout RuleMember, at instant: Timestamp, _ surroundings: RuleSurroundings, _ sharing: SharedScans,
        _ outcome: inout RuleOutcome
    ) async throws(RuleError) -> RuleError? {
        let asked = instant.advanced(byNanoseconds: -queryOffsetNanoseconds)
        let found = try await surroundings.ask(
            RuleQuestion(
                tenant: definition.key.tenant, text: member.question, instant: asked,
                failsOnLineErrors: definition.failsOnLineErrors, sharing: sharing))
        member.samplesFound = found.count
        switch member.work {
        case .recording(var recording):
            defer { member.work = .recording(recording) }
            let samples = try recording.record(found, at: asked, limit: definition.limit)
            member.written = recording.recorded
            if !samples.isEmpty { await surroundings.record(definition.key.tenant, samples) }
            return nil
        case .alerting(var alerting):
            var findings = try await findings(found, of: member, at: asked, surroundings)
            let exceeded = limit(&findings, of: alerting)
            outcome.changes += alerting.advance(to: instant, found: findings)
                .map { RuleOutcome.Change(rule: member.rule.name, change: $0) }
            member.work = .alerting(alerting)
            let samples = member.stateSamples(of: alerting, at: asked)
            if !samples.isEmpty { await surroundings.record(definition.key.tenant, samples) }
            return exceeded
        }
    }

    /// Fills in labels and annotations.
    private func findings(
        _ found: [InstantSample], of member: RuleMember, at instant: Timestamp, _ surroundings: RuleSurroundings
    ) async throws(RuleError) -> [AlertingRule.Finding] {
        var data = RuleTemplate.Data(
            externalLabels: surroundings.externalLabels, externalURL: surroundings.externalURL, now: instant)
        var findings: [AlertingRule.Finding] = []
        var seen: Set<LabelSet> = []
        for sample in found {
            let value = sample.sample.value
            var labels = sample.labels
            for (name, template) in member.labelTemplates {
                labels[name] = await text(template, sample.labels, value, &data, surroundings)
            }
            labels["alertname"] = member.rule.name
            labels["__name__"] = nil
            labels = LabelSet(sorted: labels.labels.filter { !$0.value.isEmpty })
            guard seen.insert(labels).inserted else {
                throw RuleError("vector contains metrics with the same labelset after applying alert labels")
            }
            var annotations = LabelSet()
            for (name, template) in member.annotationTemplates {
                annotations[name] = await text(template, sample.labels, value, &data, surroundings)
            }
            findings.append(AlertingRule.Finding(labels: labels, annotations: annotations, value: value))
        }
        return findings
    }

    /// A rendered template; what is wrong with it stands in its place, because the alert must come all the same.
    private func text(
        _ template: RuleTemplate, _ labels: LabelSet, _ value: Double, _ data: inout RuleTemplate.Data,
        _ surroundings: RuleSurroundings
    ) async -> String {
        // Each round answers one question more; a template that asks for ever must end.
        let roundsMax = 20
        for _ in 0..<roundsMax {
            do {
                return try template.render(labels, value: value, data)
            } catch let failure {
                guard case .asks(let question) = failure else { return failure.text }
                let asked = RuleQuestion(tenant: definition.key.tenant, text: question, instant: data.now)
                do {
                    data.answers[question] = RuleFunctions.answer(try await surroundings.ask(asked))
                } catch {
                    data.answers[question] = .text(error.message)
                }
            }
        }
        return "<error expanding template: more than \(roundsMax) queries>"
    }

    /// Keeps the alerts that were there first when there are more than the group allows, and says so.
    private func limit(_ findings: inout [AlertingRule.Finding], of rule: AlertingRule) -> RuleError? {
        guard definition.limit > 0, findings.count > definition.limit else { return nil }
        let error = RuleError("exceeded limit of \(definition.limit) with \(findings.count) alerts")
        func since(_ finding: AlertingRule.Finding) -> Timestamp {
            guard let alert = rule.alerts[finding.labels], alert.state != .resolved else { return .max }
            return alert.activeAt
        }
        findings.sort { (since($0), $0.labels) < (since($1), $1.labels) }
        findings.removeSubrange(definition.limit...)
        return error
    }
}

extension RuleMember {
    /// Hands over the alerts that are due.
    fileprivate mutating func takeDue(
        at instant: Timestamp, _ schedule: RuleSchedule, _ surroundings: RuleSurroundings,
        _ outcome: inout RuleOutcome
    ) {
        guard case .alerting(var alerting) = work else { return }
        let since = succeededAt ?? .min
        guard instant <= since.advanced(byNanoseconds: RuleGroup.repeatedWhileFailingNanoseconds) else { return }
        let due = alerting.takeDue(
            at: instant, resendNanoseconds: surroundings.resendNanoseconds,
            validNanoseconds: 4 * max(schedule.intervalNanoseconds, surroundings.resendNanoseconds),
            generatorURL: surroundings.generatorURL(rule.expression))
        work = .alerting(alerting)
        outcome.alerts += due.map { alert in
            var alert = alert
            alert.labels = surroundings.addingExternalLabels(to: alert.labels)
            return alert
        }
    }

    /// The series `ALERTS` and `ALERTS_FOR_STATE` of the alerts there are, and the end of those that are no longer.
    mutating func stateSamples(of rule: AlertingRule, at instant: Timestamp) -> [InstantSample] {
        var samples: [InstantSample] = []
        for alert in rule.active {
            var labels = alert.labels
            labels["__name__"] = "ALERTS_FOR_STATE"
            let since = Double(alert.activeAt.nanoseconds / Timestamp.nanosecondsPerSecond)
            samples.append(
                InstantSample(labels: labels, sample: Sample(timestamp: instant, value: since)))
            labels["__name__"] = "ALERTS"
            labels["alertstate"] = alert.state == .firing ? "firing" : "pending"
            samples.append(InstantSample(labels: labels, sample: Sample(timestamp: instant, value: 1)))
        }
        let current = Set(samples.map(\.labels))
        samples += RecordingRule.endMarks(of: written.subtracting(current), at: instant)
        written = current
        return samples
    }
}
