internal import GRDB
public import WeirModel

/// A group that was made through the API instead of a file.
public struct WrittenGroup: Sendable, Hashable {
    /// Whose, where and how it is called.
    public var key: RuleGroupDefinition.Key
    /// Its YAML as it was sent.
    public var yaml: String

    /// Creates a group.
    public init(key: RuleGroupDefinition.Key, yaml: String) {
        self.key = key
        self.yaml = yaml
    }
}

extension RuleDatabase {
    /// All groups that were made through the API, sorted.
    public func writtenGroups() throws(RuleDatabaseError) -> [WrittenGroup] {
        try reading { database in
            try Row.fetchAll(
                database, sql: "SELECT tenant, namespace, name, yaml FROM written_group ORDER BY 1, 2, 3"
            ).map { row in
                let key = RuleGroupDefinition.Key(
                    tenant: Tenant(try row.decode(atIndex: 0)), namespace: try row.decode(atIndex: 1),
                    name: try row.decode(atIndex: 2))
                return WrittenGroup(key: key, yaml: try row.decode(atIndex: 3))
            }
        }
    }

    /// Keeps a group, in place of one with the same key.
    public func write(_ group: WrittenGroup) throws(RuleDatabaseError) {
        try writing { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO written_group VALUES (?, ?, ?, ?)",
                arguments: [group.key.tenant.name, group.key.namespace, group.key.name, group.yaml])
        }
    }

    /// Forgets a group, or all of a namespace when `name` is nil.
    public func erase(tenant: Tenant, namespace: String, name: String?) throws(RuleDatabaseError) {
        try writing { database in
            try database.execute(
                sql: "DELETE FROM written_group WHERE tenant = ? AND namespace = ? AND (? IS NULL OR name = ?)",
                arguments: [tenant.name, namespace, name, name])
        }
    }
}
