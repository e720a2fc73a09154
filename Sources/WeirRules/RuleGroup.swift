public import LogQL
public import WeirModel

/// A group of rules that runs: what each rule knows from its last evaluation.
///
/// A plain value without a clock: the caller says at which instant it is evaluated, so that production, tests and
/// backtests run the same steps.
public struct RuleGroup: Sendable {
    /// The group as written.
    public let definition: RuleGroupDefinition
    /// When it is evaluated.
    public let schedule: RuleSchedule
    /// How far before the instant of an evaluation the rules look.
    public let queryOffsetNanoseconds: Int64
    /// The rules with what they know, in order of evaluation.
    public internal(set) var members: [RuleMember]
    /// The instant of the last evaluation; nil when there was none.
    public internal(set) var evaluatedAt: Timestamp?
    /// How long it took.
    public internal(set) var evaluationNanoseconds: Int64 = 0
    /// Evaluations so far.
    public internal(set) var iterations = 0
    /// Instants of the schedule that passed without one.
    public internal(set) var iterationsMissed = 0

    /// Creates a group that has not been evaluated.
    ///
    /// - Throws: ``RuleError`` when a template of a rule cannot be read.
    public init(
        _ definition: RuleGroupDefinition, schedule: RuleSchedule, queryOffsetNanoseconds: Int64 = 0
    ) throws(RuleError) {
        self.definition = definition
        self.schedule = schedule
        self.queryOffsetNanoseconds = definition.queryOffsetNanoseconds ?? queryOffsetNanoseconds
        var members: [RuleMember] = []
        for rule in definition.rules {
            members.append(
                try RuleMember(rule, in: definition, intervalNanoseconds: schedule.intervalNanoseconds))
        }
        self.members = members
    }

    /// Takes over what the rules of a group know that this one replaces: those with the same name and labels.
    ///
    /// - Returns: the rules that have no successor.
    public mutating func adopt(_ other: RuleGroup) -> [RuleMember] {
        evaluatedAt = other.evaluatedAt
        evaluationNanoseconds = other.evaluationNanoseconds
        iterations = other.iterations
        iterationsMissed = other.iterationsMissed
        var known: [RuleMember.Key: RuleMember] = [:]
        var rest: [RuleMember] = []
        for member in other.members where known.updateValue(member, forKey: member.key) != nil { rest.append(member) }
        for index in members.indices {
            if let former = known.removeValue(forKey: members[index].key) { members[index].adopt(former) }
        }
        return rest + known.values
    }

    /// Takes over what a restart left behind.
    ///
    /// What fired goes on firing until an evaluation finds that it no longer does. Of what was pending the time without
    /// evaluations does not count, and it is forgotten when that was longer than `toleranceNanoseconds`.
    public mutating func restore(
        _ remains: RuleDatabase.Remains, at now: Timestamp, toleranceNanoseconds: Int64
    ) {
        let gap = max(0, now.nanoseconds - remains.evaluatedAt.nanoseconds)
        evaluatedAt = min(remains.evaluatedAt, now)
        for index in members.indices {
            let identity = RuleDatabase.RuleIdentity(name: members[index].rule.name, labels: members[index].labels)
            guard case .alerting(var rule) = members[index].work, let alerts = remains.alerts[identity] else {
                continue
            }
            rule.adopt(
                alerts.compactMap { alert in
                    guard alert.state == .pending else { return alert }
                    guard gap <= toleranceNanoseconds else { return nil }
                    var shifted = alert
                    shifted.activeAt = alert.activeAt.advanced(byNanoseconds: gap)
                    return shifted
                })
            members[index].work = .alerting(rule)
            members[index].succeededAt = remains.evaluatedAt
            // So that the series of alerts that are gone by now are ended.
            _ = members[index].stateSamples(of: rule, at: remains.evaluatedAt)
        }
    }

    /// The samples that end all series of the group, for when it is removed.
    public func endMarks(at instant: Timestamp) -> [InstantSample] {
        members.flatMap { RecordingRule.endMarks(of: $0.written, at: instant) }
    }
}
