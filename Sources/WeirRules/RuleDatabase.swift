internal import GRDB
internal import LogMetrics
public import WeirModel

/// What rules must not forget: alerts that are pending, firing or just resolved, what happened to them, and groups that
/// were made through the API. One SQLite file, `rules.db`; docs/formats/rules.md explains every column.
///
/// All calls block on the disk.
public final class RuleDatabase: Sendable {
    /// What is kept of a group from before a restart.
    public struct Remains: Sendable {
        /// The instant of its last evaluation.
        public var evaluatedAt: Timestamp
        /// Its alerts, by the name and labels of their rule.
        public var alerts: [RuleIdentity: [ActiveAlert]]
    }

    /// By what the alerts of a rule are found again.
    public struct RuleIdentity: Sendable, Hashable {
        /// The rule's name.
        public var name: String
        /// The labels of the rule and its group, templates as written.
        public var labels: LabelSet
    }

    let path: String
    let queue: DatabaseQueue

    /// Steps that lead to the current tables; a step that was ever released never changes.
    private static let steps = [
        """
        CREATE TABLE rule_group(id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, namespace TEXT NOT NULL,
            name TEXT NOT NULL, evaluated_at INTEGER NOT NULL, UNIQUE(tenant, namespace, name));
        CREATE TABLE alert(group_id INTEGER NOT NULL, rule TEXT NOT NULL, rule_labels TEXT NOT NULL,
            labels TEXT NOT NULL, annotations TEXT NOT NULL, value REAL, state INTEGER NOT NULL,
            active_at INTEGER NOT NULL, fired_at INTEGER, kept_since INTEGER, resolved_at INTEGER, sent_at INTEGER);
        CREATE INDEX alert_group ON alert(group_id);
        CREATE TABLE alert_change(at INTEGER NOT NULL, tenant TEXT NOT NULL, namespace TEXT NOT NULL,
            group_name TEXT NOT NULL, rule TEXT NOT NULL, kind TEXT NOT NULL, labels TEXT NOT NULL, value REAL);
        CREATE INDEX alert_change_time ON alert_change(at);
        CREATE TABLE written_group(tenant TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
            yaml TEXT NOT NULL, PRIMARY KEY(tenant, namespace, name)) WITHOUT ROWID;
        """
    ]

    /// Opens or creates the database and brings it to the current tables.
    ///
    /// - Throws: ``RuleDatabaseError``, also when a newer program wrote it.
    public init(path: String) throws(RuleDatabaseError) {
        self.path = path
        queue = try RuleDatabaseError.naming(path) {
            var configuration = Configuration()
            configuration.label = path
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
            }
            try queue.write { database in
                let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                guard version <= RuleDatabase.steps.count else {
                    throw RuleDatabaseError(path: path, reason: "a newer program wrote it; use that, or remove it")
                }
                for step in RuleDatabase.steps[version...] { try database.execute(sql: step) }
                try database.execute(sql: "PRAGMA user_version = \(RuleDatabase.steps.count)")
            }
            return queue
        }
    }

    /// Closes the database.
    public func close() {
        // What a failed close leaves behind is read at the next opening, so nothing is lost.
        try? queue.close()
    }

    /// Keeps a group's alerts and what an evaluation changed.
    public func save(
        _ group: RuleGroup, changes: [RuleOutcome.Change]
    ) throws(RuleDatabaseError) {
        guard let evaluatedAt = group.evaluatedAt else { return }
        let key = group.definition.key
        try writing { database in
            let id = try Int64.fetchOne(
                database,
                sql: """
                    INSERT INTO rule_group(tenant, namespace, name, evaluated_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT(tenant, namespace, name) DO UPDATE SET evaluated_at = excluded.evaluated_at
                    RETURNING id
                    """,
                arguments: [key.tenant.name, key.namespace, key.name, evaluatedAt.nanoseconds])
            try database.execute(sql: "DELETE FROM alert WHERE group_id = ?", arguments: [id])
            for member in group.members {
                guard case .alerting(let rule) = member.work else { continue }
                for alert in rule.alerts.values { try RuleDatabase.insert(alert, member, id, database) }
            }
            for change in changes { try RuleDatabase.insert(change, key, database) }
        }
    }

    private static func insert(
        _ alert: ActiveAlert, _ member: RuleMember, _ id: Int64?, _ database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id, member.rule.name, StoredLabels.text(member.labels), StoredLabels.text(alert.labels),
                StoredLabels.text(alert.annotations), alert.value, alert.state.rawValue, alert.activeAt.nanoseconds,
                alert.firedAt?.nanoseconds, alert.keptSince?.nanoseconds, alert.resolvedAt?.nanoseconds,
                alert.sentAt?.nanoseconds,
            ])
    }

    private static func insert(
        _ change: RuleOutcome.Change, _ key: RuleGroupDefinition.Key, _ database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO alert_change VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                change.change.at.nanoseconds, key.tenant.name, key.namespace, key.name, change.rule,
                change.change.kind.rawValue, StoredLabels.text(change.change.labels), change.change.value,
            ])
    }

    /// What is kept of a group; nil when nothing is.
    public func remains(of key: RuleGroupDefinition.Key) throws(RuleDatabaseError) -> Remains? {
        try reading { database -> Remains? in
            let arguments: StatementArguments = [key.tenant.name, key.namespace, key.name]
            guard
                let group = try Row.fetchOne(
                    database,
                    sql: "SELECT id, evaluated_at FROM rule_group WHERE tenant = ? AND namespace = ? AND name = ?",
                    arguments: arguments)
            else { return nil }
            let id: Int64 = try group.decode(atIndex: 0)
            var remains = Remains(
                evaluatedAt: Timestamp(nanoseconds: try group.decode(atIndex: 1)), alerts: [:])
            for row in try Row.fetchAll(database, sql: "SELECT * FROM alert WHERE group_id = ?", arguments: [id]) {
                let identity = RuleIdentity(
                    name: try row.decode(forColumn: "rule"), labels: try labels(row, "rule_labels"))
                remains.alerts[identity, default: []].append(try alert(row))
            }
            return remains
        }
    }

    private func alert(_ row: Row) throws -> ActiveAlert {
        func instant(_ column: String) throws -> Timestamp? {
            try row.decode(Int64?.self, forColumn: column).map { Timestamp(nanoseconds: $0) }
        }
        var alert = ActiveAlert(
            labels: try labels(row, "labels"), annotations: try labels(row, "annotations"),
            // SQLite keeps NaN as NULL.
            value: try row.decode(Double?.self, forColumn: "value") ?? .nan,
            activeAt: Timestamp(nanoseconds: try row.decode(forColumn: "active_at")))
        guard let state = ActiveAlert.State(rawValue: try row.decode(forColumn: "state")) else {
            throw RuleDatabaseError(path: path, reason: "an alert has an unknown state; use a newer weir")
        }
        alert.state = state
        alert.firedAt = try instant("fired_at")
        alert.keptSince = try instant("kept_since")
        alert.resolvedAt = try instant("resolved_at")
        alert.sentAt = try instant("sent_at")
        return alert
    }

    private func labels(_ row: Row, _ column: String) throws -> LabelSet {
        guard let labels = StoredLabels.labels(try row.decode(forColumn: column)) else {
            throw RuleDatabaseError(path: path, reason: "a row of alert has labels that cannot be read")
        }
        return labels
    }

    func reading<Result>(_ body: (Database) throws -> Result) throws(RuleDatabaseError) -> Result {
        try RuleDatabaseError.naming(path) { try queue.read(body) }
    }

    func writing<Result>(_ body: (Database) throws -> Result) throws(RuleDatabaseError) -> Result {
        try RuleDatabaseError.naming(path) { try queue.write(body) }
    }
}
