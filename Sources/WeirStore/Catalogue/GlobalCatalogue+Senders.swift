internal import GRDB
internal import WeirModel

// How far senders got: they are about no day.
extension GlobalCatalogue {
    /// All senders that were heard of since an instant, in nanoseconds since 1970 UTC.
    ///
    /// - Throws: ``CatalogueError``.
    func senders(since oldest: Int64) throws(CatalogueError) -> [SenderLedger.Row] {
        try reading { database in
            try Row.fetchAll(
                database, sql: "SELECT tenant, sender, sequence, seen FROM sender WHERE seen >= ?", arguments: [oldest]
            ).map { row in
                guard let sender = UInt128(try row.decode(String.self, atIndex: 1), radix: 16) else {
                    throw CatalogueError(path: path, reason: "a sender has a name that is no number")
                }
                return SenderLedger.Row(
                    key: SenderLedger.Key(tenant: Tenant(try row.decode(String.self, atIndex: 0)), sender: sender),
                    sequence: UInt64(bitPattern: try row.decode(Int64.self, atIndex: 2)),
                    seen: try row.decode(atIndex: 3))
            }
        }
    }

    /// Saves how far senders got, and forgets those not heard of since `oldest`.
    ///
    /// - Throws: ``CatalogueError``.
    func save(_ senders: [SenderLedger.Row], forgettingBefore oldest: Int64) throws(CatalogueError) {
        guard !senders.isEmpty else { return }
        try writing { database in
            for row in senders {
                try database.execute(
                    sql: """
                        INSERT INTO sender(tenant, sender, sequence, seen) VALUES (?, ?, ?, ?)
                        ON CONFLICT(tenant, sender) DO UPDATE SET sequence = excluded.sequence, seen = excluded.seen
                        """,
                    arguments: [
                        row.key.tenant.name, String(row.key.sender, radix: 16), Int64(bitPattern: row.sequence),
                        row.seen,
                    ])
            }
            try database.execute(sql: "DELETE FROM sender WHERE seen < ?", arguments: [oldest])
        }
    }
}
