internal import GRDB
internal import WeirSystem

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
        /// Its folder is removed.
        case dropped
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

    /// Opens the database and reads all that is needed of it, so that damage shows now.
    ///
    /// - Throws: ``CatalogueError``.
    convenience init(checked path: String) throws(CatalogueError) {
        try self.init(path: path)
        do throws(CatalogueError) {
            _ = try partitions()
            _ = try deleteRequests()
        } catch {
            close()
            throw error
        }
    }

    /// Of the copy that is taken whenever something changes that nothing else knows.
    static let copySuffix = ".copy"

    /// Takes the copy. Without it the database is as good; the next change tries again.
    func saveCopy() {
        let draft = path + ".draft"
        let machine = PosixFileSystem()
        do {
            for suffix in ["", "-wal", "-shm", "-journal"] { try machine.remove(draft + suffix) }
            try backup(to: draft)
            let file = try machine.open(draft, .update)
            defer { file.close() }
            try file.sync()
            try machine.rename(draft, to: path + GlobalCatalogue.copySuffix)
            try machine.syncFolder(FolderPath.parent(of: path) ?? ".")
        } catch {
            try? machine.remove(draft)
        }
    }

    /// Forgets days that were dropped with records before an LSN, but for the newest.
    ///
    /// - Throws: ``CatalogueError``.
    func forgetDropped(before lsn: UInt64) throws(CatalogueError) {
        try writing { database in
            try database.execute(
                sql: """
                    DELETE FROM partition WHERE state = ? AND applied_lsn < ?
                        AND applied_lsn < (SELECT max(applied_lsn) FROM partition)
                    """,
                arguments: [PartitionState.dropped.rawValue, Int64(bitPattern: lsn)])
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
    func partitions() throws(CatalogueError) -> [Partition] {
        try reading { database in
            try Row.fetchAll(database, sql: "SELECT day, state, applied_lsn FROM partition ORDER BY day").map { row in
                guard let state = PartitionState(rawValue: try row.decode(atIndex: 1)) else {
                    throw CatalogueError(path: path, reason: "a partition has an unknown state; use a newer weir")
                }
                return Partition(
                    day: try row.decode(atIndex: 0), state: state,
                    appliedLSN: UInt64(bitPattern: try row.decode(Int64.self, atIndex: 2)))
            }
        }
    }

    /// A day as `weir.db` knows it.
    struct Partition: Sendable {
        var day: Int
        var state: PartitionState
        /// Rows of this day in WAL records up to this one went with the folder.
        var appliedLSN: UInt64
    }

    /// Notes that a day's folder is about to be removed, and which records of the WAL must not bring its rows back.
    ///
    /// - Throws: ``CatalogueError``.
    func beginDropping(day: Int, appliedLSN: UInt64) throws(CatalogueError) {
        try writing { database in
            try database.execute(
                sql: "UPDATE partition SET state = ?, applied_lsn = ? WHERE day = ?",
                arguments: [PartitionState.dropping.rawValue, Int64(bitPattern: appliedLSN), day])
        }
    }

    /// Notes that a day's folder is removed.
    ///
    /// - Throws: ``CatalogueError``.
    func endDropping(day: Int) throws(CatalogueError) {
        try writing { database in
            try database.execute(
                sql: "UPDATE partition SET state = ? WHERE day = ?",
                arguments: [PartitionState.dropped.rawValue, day])
        }
    }

    /// Notes that a day exists, perhaps again; one that is known already is fine.
    ///
    /// - Throws: ``CatalogueError``.
    func register(day: Int) throws(CatalogueError) {
        try writing { database in
            try database.execute(
                sql: """
                    INSERT INTO partition(day, state) VALUES (?, ?)
                    ON CONFLICT(day) DO UPDATE SET state = excluded.state WHERE state != excluded.state
                    """,
                arguments: [day, PartitionState.live.rawValue])
        }
    }

    /// Copies the database as it is now to a new file.
    ///
    /// - Throws: ``CatalogueError``.
    func backup(to target: String) throws(CatalogueError) {
        try CatalogueError.naming(path) {
            let copy = try DatabaseQueue(path: target)
            try pool.backup(to: copy)
            try copy.close()
        }
    }

    func reading<Result>(_ body: (Database) throws -> Result) throws(CatalogueError) -> Result {
        try CatalogueError.naming(path) { try pool.read(body) }
    }

    func writing<Result>(_ body: (Database) throws -> Result) throws(CatalogueError) -> Result {
        try CatalogueError.naming(path) { try pool.write(body) }
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
