public import WeirModel

/// An alert with what is made of it, as the API shows it.
public struct AlertView: Sendable {
    /// The alert.
    public var alert: TrackedAlert
    /// The receivers of its routes.
    public var receivers: [String]
    /// Ids of silences it is under.
    public var silencedBy: [String]
    /// Fingerprints of the alerts that keep it quiet.
    public var inhibitedBy: [UInt64]
    /// Names of times because of which its group is quiet; only known within a group.
    public var mutedBy: [String]

    /// Whether it is kept from being told.
    public var isSuppressed: Bool { !silencedBy.isEmpty || !inhibitedBy.isEmpty || !mutedBy.isEmpty }
}

/// A group with its alerts, as the API shows it.
public struct AlertGroupView: Sendable {
    /// The labels that make the group.
    public var labels: LabelSet
    /// Who is told.
    public var receiver: String
    /// The group's key.
    public var key: String
    /// When it is looked at next.
    public var nextFlush: Timestamp
    /// Its alerts, those that have ended left out.
    public var alerts: [AlertView]
}

extension Dispatcher {
    /// The alerts that have not ended, by fingerprint.
    public func views(at now: Timestamp) -> [AlertView] {
        let inhibitions = inhibitions(at: now)
        return alerts.values.filter { !$0.isResolved(at: now) }.map { view($0, inhibitions, mutedBy: [], at: now) }
            .sorted { $0.alert.fingerprint < $1.alert.fingerprint }
    }

    /// The groups that have such alerts, by labels and receiver.
    public func groupViews(at now: Timestamp) -> [AlertGroupView] {
        let inhibitions = inhibitions(at: now)
        var views: [AlertGroupView] = []
        for (name, group) in groups {
            let muted = muting(tree.nodes[group.node], at: now)
            let members = group.members.sorted(by: AlertGroup.isOrdered).compactMap { alerts[$0] }
                .filter { !$0.isResolved(at: now) }
            guard !members.isEmpty else { continue }
            views.append(
                AlertGroupView(
                    labels: group.labels, receiver: name.receiver, key: name.key, nextFlush: group.nextFlush,
                    alerts: members.map { view($0, inhibitions, mutedBy: muted, at: now) }))
        }
        return views.sorted {
            $0.labels != $1.labels ? $0.labels < $1.labels : ExactText($0.receiver) < ExactText($1.receiver)
        }
    }

    private func view(
        _ alert: TrackedAlert, _ inhibitions: Inhibitions, mutedBy: [String], at now: Timestamp
    ) -> AlertView {
        var receivers: [String] = []
        for node in tree.routes(for: alert.labels) where !receivers.contains(tree.nodes[node].receiver) {
            receivers.append(tree.nodes[node].receiver)
        }
        return AlertView(
            alert: alert, receivers: receivers, silencedBy: silences.silencing(alert.labels, at: now),
            inhibitedBy: inhibitions.source(inhibiting: alert.labels).map { [$0.fingerprint] } ?? [],
            mutedBy: mutedBy)
    }
}
