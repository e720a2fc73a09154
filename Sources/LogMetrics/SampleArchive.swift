internal import FoundationEssentials
internal import GRDB
internal import Synchronization
internal import WeirModel

/// Why recorded series could not be read or written.
public struct SampleArchiveError: Error, Sendable, CustomStringConvertible {
    /// The path of the database.
    public let path: String
    /// SQLite's message, or ours when the contents make no sense.
    public let reason: String

    /// `recorded series ./data/samples.db: disk I/O error`
    public var description: String { "recorded series \(path): \(reason)" }
}

/// The recorded series on disk, `samples.db`: a row per series and hour. docs/formats/samples.md explains the columns.
///
/// All calls block on the disk.
public final class SampleArchive: Sendable {
    /// The samples of one series within one hour.
    struct Chunk: Sendable {
        var tenant: Tenant
        var labels: LabelSet
        /// Hours since 1970.
        var hour: Int64
        var samples: [Sample]
    }

    private let path: String
    private let queue: DatabaseQueue
    /// The series that there are, by tenant and name.
    private let known: Mutex<[Tenant: [String: [LabelSet: Int64]]]>

    /// Nanoseconds of the time that a row holds.
    static let hourNanoseconds: Int64 = 3600 * Timestamp.nanosecondsPerSecond

    /// The hour of an instant.
    static func hour(_ instant: Timestamp) -> Int64 {
        let (quotient, remainder) = instant.nanoseconds.quotientAndRemainder(dividingBy: hourNanoseconds)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static let format = 1

    /// Opens or creates the database.
    ///
    /// - Throws: ``SampleArchiveError``, also when a newer program wrote it.
    public init(path: String) throws(SampleArchiveError) {
        self.path = path
        let (queue, known) = try SampleArchive.naming(path) {
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
            }
            let known = try queue.write { database in
                let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                guard version <= SampleArchive.format else {
                    throw SampleArchiveError(path: path, reason: "a newer program wrote it; use that, or remove it")
                }
                if version == 0 { try SampleArchive.create(database) }
                return try SampleArchive.series(database, path)
            }
            return (queue, known)
        }
        self.queue = queue
        self.known = Mutex(known)
    }

    private static func create(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE series(id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, labels TEXT NOT NULL,
                    UNIQUE(tenant, labels));
                CREATE TABLE chunk(series INTEGER NOT NULL, hour INTEGER NOT NULL, samples BLOB NOT NULL,
                    PRIMARY KEY(series, hour)) WITHOUT ROWID;
                PRAGMA user_version = \(format);
                """)
    }

    private static func series(
        _ database: Database, _ path: String
    ) throws -> [Tenant: [String: [LabelSet: Int64]]] {
        var known: [Tenant: [String: [LabelSet: Int64]]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT id, tenant, labels FROM series") {
            guard let labels = StoredLabels.labels(try row.decode(atIndex: 2)) else {
                throw SampleArchiveError(path: path, reason: "a row of series has labels that cannot be read")
            }
            known[Tenant(try row.decode(atIndex: 1)), default: [:]][labels["__name__"] ?? "", default: [:]][labels] =
                try row.decode(atIndex: 0)
        }
        return known
    }

    /// Closes the database.
    public func close() {
        try? queue.close()
    }

    /// Writes chunks, in place of what there is of the same series and hour.
    func write(_ chunks: [Chunk]) throws(SampleArchiveError) {
        guard !chunks.isEmpty else { return }
        try SampleArchive.naming(path) {
            try queue.write { database in
                for chunk in chunks {
                    let id = try identifier(of: chunk, database)
                    try database.execute(
                        sql: "INSERT OR REPLACE INTO chunk VALUES (?, ?, ?)",
                        arguments: [id, chunk.hour, Data(SampleBytes.encode(chunk.samples))])
                }
            }
        }
    }

    private func identifier(of chunk: Chunk, _ database: Database) throws -> Int64 {
        let name = chunk.labels["__name__"] ?? ""
        if let id = known.withLock({ $0[chunk.tenant]?[name]?[chunk.labels] }) { return id }
        try database.execute(
            sql: "INSERT OR IGNORE INTO series(tenant, labels) VALUES (?, ?)",
            arguments: [chunk.tenant.name, StoredLabels.text(chunk.labels)])
        let id = try Int64.fetchOne(
            database, sql: "SELECT id FROM series WHERE tenant = ? AND labels = ?",
            arguments: [chunk.tenant.name, StoredLabels.text(chunk.labels)])
        guard let id else { throw SampleArchiveError(path: path, reason: "a series was not kept") }
        known.withLock { $0[chunk.tenant, default: [:]][name, default: [:]][chunk.labels] = id }
        return id
    }

    /// The series that fulfil all matchers, with their samples in `(after, through]`, in no order.
    func read(
        tenant: Tenant, matchers: [Matcher], after: Timestamp, through: Timestamp
    ) throws(SampleArchiveError) -> [Series] {
        let wanted = candidates(tenant, matchers)
        return try SampleArchive.naming(path) {
            try queue.read { database in
                var found: [Series] = []
                for (labels, id) in wanted {
                    let rows = try Row.fetchAll(
                        database,
                        sql: "SELECT samples FROM chunk WHERE series = ? AND hour BETWEEN ? AND ? ORDER BY hour",
                        arguments: [id, SampleArchive.hour(after), SampleArchive.hour(through)])
                    var samples: [Sample] = []
                    for row in rows {
                        let bytes = try row.decode(Data.self, atIndex: 0)
                        guard let decoded = SampleBytes.decode(Array(bytes)) else {
                            throw SampleArchiveError(path: path, reason: "a row of chunk cannot be read")
                        }
                        samples += decoded.filter { after < $0.timestamp && $0.timestamp <= through }
                    }
                    if !samples.isEmpty { found.append(Series(labels: labels, samples: samples)) }
                }
                return found
            }
        }
    }

    /// All tenants with series.
    var tenants: [Tenant] { known.withLock { Array($0.keys) } }

    private func candidates(_ tenant: Tenant, _ matchers: [Matcher]) -> [LabelSet: Int64] {
        let name = matchers.first { $0.name == "__name__" && $0.comparison == .equal }?.value
        let all = known.withLock { $0[tenant] ?? [:] }
        let named = name.map { [all[$0] ?? [:]] } ?? Array(all.values)
        var found: [LabelSet: Int64] = [:]
        for (labels, id) in named.joined() where matchers.allSatisfy({ $0.accepts(labels) }) { found[labels] = id }
        return found
    }

    /// Forgets hours before an instant, and series of which nothing is left.
    func forget(before instant: Timestamp) throws(SampleArchiveError) {
        let fresh = try SampleArchive.naming(path) {
            try queue.write { database in
                try database.execute(
                    sql: "DELETE FROM chunk WHERE hour < ?", arguments: [SampleArchive.hour(instant)])
                guard database.changesCount > 0 else { return nil as [Tenant: [String: [LabelSet: Int64]]]? }
                try database.execute(sql: "DELETE FROM series WHERE id NOT IN (SELECT series FROM chunk)")
                return try SampleArchive.series(database, path)
            }
        }
        if let fresh { known.withLock { $0 = fresh } }
    }

    private static func naming<Result>(
        _ path: String, _ body: () throws -> Result
    ) throws(SampleArchiveError) -> Result {
        do {
            return try body()
        } catch let error as SampleArchiveError {
            throw error
        } catch let error as DatabaseError {
            throw SampleArchiveError(path: path, reason: error.message ?? "\(error.resultCode)")
        } catch {
            throw SampleArchiveError(path: path, reason: "\(error)")
        }
    }
}
