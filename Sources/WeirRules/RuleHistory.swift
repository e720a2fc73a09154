internal import GRDB
internal import LogMetrics
public import WeirModel

/// A step in the life of an alert as the history keeps it.
public struct RuleHistoryEntry: Sendable, Hashable {
    /// The group.
    public var key: RuleGroupDefinition.Key
    /// The rule's name.
    public var rule: String
    /// The step.
    public var change: AlertChange
}

extension RuleDatabase {
    /// How long steps are kept.
    public static let historyRetentionNanoseconds: Int64 = 90 * Timestamp.nanosecondsPerDay

    /// The steps of a tenant's alerts since an instant, oldest first, at most `limit` of the newest.
    public func history(
        tenant: Tenant, since: Timestamp, limit: Int = 10_000
    ) throws(RuleDatabaseError) -> [RuleHistoryEntry] {
        try reading { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM alert_change WHERE tenant = ? AND at >= ? ORDER BY at DESC, rowid DESC LIMIT ?",
                arguments: [tenant.name, since.nanoseconds, limit])
            return try rows.reversed().map { row in
                let key = RuleGroupDefinition.Key(
                    tenant: tenant, namespace: try row.decode(forColumn: "namespace"),
                    name: try row.decode(forColumn: "group_name"))
                guard let kind = AlertChange.Kind(rawValue: try row.decode(forColumn: "kind")),
                    let labels = StoredLabels.labels(try row.decode(forColumn: "labels"))
                else { throw RuleDatabaseError(path: path, reason: "a row of alert_change cannot be read") }
                let change = AlertChange(
                    kind, at: Timestamp(nanoseconds: try row.decode(forColumn: "at")), labels: labels,
                    value: try row.decode(Double?.self, forColumn: "value") ?? .nan)
                return RuleHistoryEntry(key: key, rule: try row.decode(forColumn: "rule"), change: change)
            }
        }
    }

    /// Forgets steps that are older than the retention.
    public func forgetHistory(now: Timestamp) throws(RuleDatabaseError) {
        let oldest = now.advanced(byNanoseconds: -RuleDatabase.historyRetentionNanoseconds)
        try writing { database in
            try database.execute(sql: "DELETE FROM alert_change WHERE at < ?", arguments: [oldest.nanoseconds])
        }
    }
}
