internal import GRDB

/// The database of what belongs to no single day, `weir.db`: the days there are, and settings.
///
/// All calls block on the disk.
final class GlobalCatalogue: Sendable {
    /// The path of the database.
    let path: String
    private let pool: DatabasePool

    /// Whether a day serves queries.
    enum PartitionState: String {
        /// It does.
        case live
        /// Its folder is being removed; opening the store finishes that.
        case dropping
    }

    /// Opens or creates the database and brings it to the current schema.
    ///
    /// - Throws: ``CatalogueError``, also when a newer program wrote it.
    init(path: String) throws(CatalogueError) {
        self.path = path
        pool = try CatalogueError.naming(path) {
            let pool = try CatalogueSchema.open(path)
            try pool.write { try GlobalCatalogue.migrate($0, path: path) }
            return pool
        }
    }

    /// Closes the database.
    func close() {
        // What a failed close leaves behind is read at the next opening, so nothing is lost.
        try? pool.close()
    }

    /// The days with their states, oldest first.
    ///
    /// - Throws: ``CatalogueError``.
    func partitions() throws(CatalogueError) -> [(day: Int, state: PartitionState)] {
        try CatalogueError.naming(path) {
            try pool.read { database in
                try Row.fetchAll(database, sql: "SELECT day, state FROM partition ORDER BY day").map { row in
                    guard let state = PartitionState(rawValue: try row.decode(atIndex: 1)) else {
                        throw CatalogueError(path: path, reason: "a partition has an unknown state; use a newer weir")
                    }
                    return (try row.decode(atIndex: 0), state)
                }
            }
        }
    }

    /// Notes that a day exists; one that is known already is fine.
    ///
    /// - Throws: ``CatalogueError``.
    func register(day: Int) throws(CatalogueError) {
        try CatalogueError.naming(path) {
            try pool.write { database in
                try database.execute(
                    sql: "INSERT OR IGNORE INTO partition(day, state) VALUES (?, ?)",
                    arguments: [day, PartitionState.live.rawValue])
            }
        }
    }

    private static func migrate(_ database: Database, path: String) throws {
        try database.execute(
            sql: "CREATE TABLE IF NOT EXISTS schema_migrations(version INTEGER PRIMARY KEY) WITHOUT ROWID")
        let version = try Int.fetchOne(database, sql: "SELECT max(version) FROM schema_migrations") ?? 0
        guard version <= CatalogueSchema.globalMigrations.count else {
            throw CatalogueError(
                path: path,
                reason: "has schema \(version), this program knows \(CatalogueSchema.globalMigrations.count); "
                    + "use a newer weir")
        }
        for (index, statements) in CatalogueSchema.globalMigrations.enumerated().dropFirst(version) {
            try database.execute(sql: statements)
            try database.execute(sql: "INSERT INTO schema_migrations(version) VALUES (?)", arguments: [index + 1])
        }
    }
}
