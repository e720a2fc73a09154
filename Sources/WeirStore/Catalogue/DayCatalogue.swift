internal import FoundationEssentials
internal import GRDB
internal import Synchronization
internal import WeirBytes
internal import WeirModel

/// The SQLite database of one UTC day: streams, their labels, and the segments that hold their lines.
///
/// One file per day makes retention the removal of a folder, and keeps what a damaged file costs to one day. All calls
/// block on the disk. docs/formats/catalogue.md describes the tables.
final class DayCatalogue: Sendable {
    /// The path of the database.
    let path: String

    // Opened when first needed and closed between flushes: a year of days would not fit the open files otherwise.
    private let connection = Mutex(Connection())

    private struct Connection {
        var pool: DatabasePool?
        /// Calls under way, which must not have the database closed under them.
        var users = 0
        var closesWhenIdle = false
    }

    /// What a flush adds in one transaction.
    struct Addition: Sendable {
        var tenants: [(id: Int, name: String)] = []
        var names: [(id: Int, tenant: UInt32, name: String)] = []
        var values: [(id: Int, name: UInt32, text: String)] = []
        var streams: [(id: Int, tenant: UInt32, fingerprint: UInt64, values: [UInt32])] = []
        var segments: [SegmentRow] = []
        /// All WAL records up to this one are in segments, as far as they have rows of this day.
        var appliedLSN: UInt64 = 0
    }

    /// The most rows of labels and streams in one transaction: a million at once would keep readers of the write-ahead
    /// file busy, and everybody waiting who wants to write.
    private static let batchRows = 20_000

    /// What is known of a day without reading its streams.
    struct Summary: Sendable {
        var appliedLSN: UInt64
        var segments: [SegmentRow]
        /// Files that no answer needs any more, or that were being written.
        var garbage: [String]
    }

    /// Creates the catalogue at `path`; nothing is opened yet.
    init(path: String) {
        self.path = path
    }

    /// Closes the database, once no call is under way; the next call opens it again.
    func close() {
        connection.withLock { connection in
            connection.closesWhenIdle = true
            DayCatalogue.closeIfIdle(&connection)
        }
    }

    private static func closeIfIdle(_ connection: inout Connection) {
        guard connection.closesWhenIdle, connection.users == 0 else { return }
        // A close that fails leaves a write-ahead file that the next opening reads, so nothing is lost.
        try? connection.pool?.close()
        connection.pool = nil
        connection.closesWhenIdle = false
    }

    /// Creates tables in an empty database, refuses one of a newer format.
    ///
    /// - Throws: ``CatalogueError``.
    func prepare(day: Int) throws(CatalogueError) {
        try writing { database in
            let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
            if isEmpty {
                try database.execute(sql: CatalogueSchema.day)
                let meta = try database.cachedStatement(sql: "INSERT INTO meta(k, v) VALUES (?, ?)")
                try meta.execute(arguments: ["format", CatalogueSchema.dayFormat])
                try meta.execute(arguments: ["day", day])
                try meta.execute(arguments: ["applied_lsn", 0])
            }
            let format = try Int.fetchOne(database, sql: "SELECT v FROM meta WHERE k = 'format'") ?? 0
            guard (1...CatalogueSchema.dayFormat).contains(format) else {
                throw CatalogueError(
                    path: path,
                    reason: "has format \(format), this program reads up to \(CatalogueSchema.dayFormat); "
                        + "use a newer weir", isDamaged: !(1...CatalogueSchema.dayFormatMax).contains(format))
            }
            guard format < CatalogueSchema.dayFormat else { return }
            for step in CatalogueSchema.daySteps[(format - 1)...] { try database.execute(sql: step) }
            try database.execute(
                sql: "UPDATE meta SET v = ? WHERE k = 'format'", arguments: [CatalogueSchema.dayFormat])
        }
    }

    /// Adds what a flush made and moves `applied_lsn`, all or nothing; synced when it returns.
    ///
    /// A commit may fail after it was written, and then is tried again with other files: those of the first attempt
    /// become garbage.
    ///
    /// - Throws: ``CatalogueError``; all of the addition is there afterwards or nothing.
    func commit(_ addition: Addition, since: Int64) throws(CatalogueError) {
        var addition = addition
        // Streams without segments do no harm: a crash in between finds them and goes on from there.
        while addition.labelRows > DayCatalogue.batchRows {
            let batch = addition.takeLabels(DayCatalogue.batchRows)
            try writing { database in
                try DayCatalogue.insertLabels(batch, into: database)
                try DayCatalogue.insertStreams(batch, into: database)
            }
        }
        try commitLast(addition, since: since)
    }

    private func commitLast(_ addition: Addition, since: Int64) throws(CatalogueError) {
        try writing { database in
            let earlier = try String.fetchAll(
                database, sql: "SELECT ulid FROM segment WHERE gen = ?",
                arguments: [Int64(bitPattern: addition.appliedLSN)])
            try database.execute(
                sql: "DELETE FROM segment WHERE gen = ?", arguments: [Int64(bitPattern: addition.appliedLSN)])
            try DayCatalogue.insertGarbage(earlier, since: since, into: database)
            try DayCatalogue.insertLabels(addition, into: database)
            try DayCatalogue.insertStreams(addition, into: database)
            for segment in addition.segments { try DayCatalogue.insert(segment, into: database) }
            try database.execute(
                sql: "UPDATE meta SET v = ? WHERE k = 'applied_lsn'",
                arguments: [Int64(bitPattern: addition.appliedLSN)])
        }
    }

    // MARK: - Merging

    /// Notes files that are about to be written, so that what a crash leaves of them is known to be of no use.
    ///
    /// - Throws: ``CatalogueError``.
    func noteGarbage(_ ulids: [String], since: Int64) throws(CatalogueError) {
        try writing { try DayCatalogue.insertGarbage(ulids, since: since, into: $0) }
    }

    /// Puts a segment, nil when no row was left, in the place of others, which become garbage; all or nothing.
    ///
    /// - Throws: ``CatalogueError``; nothing has changed then.
    func replace(_ inputs: [String], by output: SegmentRow?, since: Int64) throws(CatalogueError) {
        try writing { database in
            for ulid in inputs {
                try database.execute(sql: "DELETE FROM segment WHERE ulid = ?", arguments: [ulid])
                try expect(database.changesCount == 1, "segment \(ulid) is to be merged but not listed")
            }
            try DayCatalogue.insertGarbage(inputs, since: since, into: database)
            guard let output else { return }
            try database.execute(sql: "DELETE FROM garbage WHERE ulid = ?", arguments: [output.ulid])
            try DayCatalogue.insert(output, into: database)
        }
    }

    /// Whether a segment is among those that serve queries.
    ///
    /// - Throws: ``CatalogueError``.
    func lists(_ ulid: String) throws(CatalogueError) -> Bool {
        try reading { database in
            try Int.fetchOne(database, sql: "SELECT 1 FROM segment WHERE ulid = ?", arguments: [ulid]) != nil
        }
    }

    /// Copies the database as it is now to a new file.
    ///
    /// - Throws: ``CatalogueError``.
    func backup(to target: String) throws(CatalogueError) {
        try using { pool in
            let copy = try DatabaseQueue(path: target)
            try pool.backup(to: copy)
            try copy.close()
        }
    }

    /// Forgets files that are removed.
    ///
    /// - Throws: ``CatalogueError``.
    func forgetGarbage(_ ulids: [String]) throws(CatalogueError) {
        try writing { database in
            for ulid in ulids {
                try database.execute(sql: "DELETE FROM garbage WHERE ulid = ?", arguments: [ulid])
            }
        }
    }

    private static func insertGarbage(_ ulids: [String], since: Int64, into database: Database) throws {
        for ulid in ulids {
            try database.execute(
                sql: "INSERT OR REPLACE INTO garbage(ulid, since) VALUES (?, ?)", arguments: [ulid, since])
        }
    }

    /// Notes whether a segment serves queries.
    ///
    /// - Throws: ``CatalogueError``.
    func set(_ state: SegmentRow.State, of ulid: String) throws(CatalogueError) {
        try writing { database in
            try database.execute(
                sql: "UPDATE segment SET state = ? WHERE ulid = ?", arguments: [state.rawValue, ulid])
        }
    }

    /// Reads segments and `applied_lsn`.
    ///
    /// - Throws: ``CatalogueError``.
    func summary() throws(CatalogueError) -> Summary {
        try reading { database in
            let applied = try Int64.fetchOne(database, sql: "SELECT v FROM meta WHERE k = 'applied_lsn'")
            let streamCount = try Int.fetchOne(database, sql: "SELECT count(*) FROM stream") ?? 0
            var segments: [SegmentRow] = []
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM segment ORDER BY gen, id")
            while let row = try rows.next() {
                segments.append(try segment(of: row, streamCount: streamCount))
            }
            return Summary(
                appliedLSN: UInt64(bitPattern: applied ?? 0), segments: segments,
                garbage: try String.fetchAll(database, sql: "SELECT ulid FROM garbage ORDER BY ulid"))
        }
    }

    /// Reads all labels and streams; a million streams take about a second.
    ///
    /// - Throws: ``CatalogueError``, also when the contents contradict themselves.
    func streamIndex() throws(CatalogueError) -> StreamIndex {
        try reading { database in
            var index = StreamIndex()
            let tenants = try Row.fetchCursor(database, sql: "SELECT id, name FROM tenant ORDER BY id")
            while let row = try tenants.next() {
                let id = Int(index.register(tenant: try row.decode(atIndex: 1)))
                try expect(try row.decode(Int.self, atIndex: 0) == id, "tenants are not dense")
            }
            let names = try Row.fetchCursor(database, sql: "SELECT id, tenant, name FROM label_name ORDER BY id")
            while let row = try names.next() {
                let tenant = try row.decode(UInt32.self, atIndex: 1)
                try expect(Int(tenant) < index.tenants.count, "a label name of tenant \(tenant), which is missing")
                let id = Int(index.register(name: try row.decode(atIndex: 2), tenant: tenant))
                try expect(try row.decode(Int.self, atIndex: 0) == id, "label names are not dense")
            }
            let values = try Row.fetchCursor(database, sql: "SELECT id, name_id, value FROM label_value ORDER BY id")
            while let row = try values.next() {
                let name = try row.decode(UInt32.self, atIndex: 1)
                try expect(Int(name) < index.names.count, "a value of label name \(name), which is missing")
                let id = Int(index.register(value: try row.decode(atIndex: 2), of: name))
                try expect(try row.decode(Int.self, atIndex: 0) == id, "label values are not dense")
            }
            let streams = try Row.fetchCursor(database, sql: "SELECT id, tenant, fp, labels FROM stream ORDER BY id")
            while let row = try streams.next() {
                try expect(try row.decode(Int.self, atIndex: 0) == index.count, "streams are not dense")
                let tenant = try row.decode(UInt32.self, atIndex: 1)
                try expect(Int(tenant) < index.tenants.count, "a stream of tenant \(tenant), which is missing")
                let labels = try row.decode(Data.self, atIndex: 3)
                let values = labels.withUnsafeBytes { DayCatalogue.valueIDs($0, below: index.values.count) }
                guard let values else {
                    throw CatalogueError(path: path, reason: "stream \(index.count) is damaged", isDamaged: true)
                }
                let fingerprint = UInt64(bitPattern: try row.decode(Int64.self, atIndex: 2))
                let id = index.append(tenant: tenant, fingerprint: fingerprint, values: values)
                // SQLite has no checksums; the fingerprint is one of the labels.
                try expect(
                    index.labels(of: id).fingerprint == fingerprint, "stream \(id) has other labels than it was given")
            }
            index.persisted(upTo: index.marks)
            return index
        }
    }

    // MARK: - Rows

    private static func insertLabels(_ addition: Addition, into database: Database) throws {
        let tenant = try database.cachedStatement(sql: "INSERT OR IGNORE INTO tenant(id, name) VALUES (?, ?)")
        for row in addition.tenants { try tenant.execute(arguments: [row.id, row.name]) }
        let name = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO label_name(id, tenant, name) VALUES (?, ?, ?)")
        for row in addition.names { try name.execute(arguments: [row.id, row.tenant, row.name]) }
        let value = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO label_value(id, name_id, value) VALUES (?, ?, ?)")
        for row in addition.values { try value.execute(arguments: [row.id, row.name, row.text]) }
    }

    private static func insertStreams(_ addition: Addition, into database: Database) throws {
        let stream = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO stream(id, tenant, fp, labels) VALUES (?, ?, ?, ?)")
        for row in addition.streams {
            var labels: [UInt8] = []
            for value in row.values { Varint.append(UInt64(value), to: &labels) }
            try stream.execute(
                arguments: [row.id, row.tenant, Int64(bitPattern: row.fingerprint), DayCatalogue.blob(labels)])
        }
    }

    private static func insert(_ segment: SegmentRow, into database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO segment(ulid, tenant, level, min_ts, max_ts, rows, raw_bytes, file_bytes, tail_off, tail_len,
                    tail_crc, format, streams, gen, lsn_lo, lsn_hi, state, deletes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(
            arguments: [
                segment.ulid, segment.tenant, segment.level, segment.minTimestamp, segment.maxTimestamp, segment.rows,
                segment.rawBytes, segment.fileBytes, segment.tailOffset, segment.tailLength, segment.tailChecksum,
                segment.format, blob(SegmentRow.encode(streams: segment.streams)),
                Int64(bitPattern: segment.generation),
                Int64(bitPattern: segment.lsnLow), Int64(bitPattern: segment.lsnHigh), segment.state.rawValue,
                segment.deletes,
            ])
    }

    private func segment(of row: Row, streamCount: Int) throws -> SegmentRow {
        let ulid = try row.decode(String.self, forColumn: "ulid")
        let streams = try row.decode(Data.self, forColumn: "streams")
            .withUnsafeBytes { SegmentRow.decode(streams: $0, below: streamCount) }
        let state = SegmentRow.State(rawValue: try row.decode(forColumn: "state"))
        guard let streams, let state else {
            throw CatalogueError(path: path, reason: "the row of segment \(ulid) is damaged", isDamaged: true)
        }
        func lsn(_ column: String) throws -> UInt64 {
            UInt64(bitPattern: try row.decode(Int64.self, forColumn: column))
        }
        return SegmentRow(
            ulid: ulid, tenant: try row.decode(forColumn: "tenant"), level: try row.decode(forColumn: "level"),
            minTimestamp: try row.decode(forColumn: "min_ts"), maxTimestamp: try row.decode(forColumn: "max_ts"),
            rows: try row.decode(forColumn: "rows"), rawBytes: try row.decode(forColumn: "raw_bytes"),
            fileBytes: try row.decode(forColumn: "file_bytes"), tailOffset: try row.decode(forColumn: "tail_off"),
            tailLength: try row.decode(forColumn: "tail_len"), tailChecksum: try row.decode(forColumn: "tail_crc"),
            format: try row.decode(forColumn: "format"), streams: streams, generation: try lsn("gen"),
            lsnLow: try lsn("lsn_lo"), lsnHigh: try lsn("lsn_hi"),
            deletes: try row.decode(forColumn: "deletes"), state: state)
    }

    private static func valueIDs(_ bytes: UnsafeRawBufferPointer, below limit: Int) -> [UInt32]? {
        var ids: [UInt32] = []
        var offset = 0
        while offset < bytes.count {
            guard let id = Varint.read(bytes, at: &offset), id < UInt64(limit) else { return nil }
            ids.append(UInt32(id))
        }
        return ids
    }

    private static func blob(_ bytes: [UInt8]) -> DatabaseValue {
        Data(bytes).databaseValue
    }

    private func expect(_ condition: Bool, _ reason: @autoclosure () -> String) throws(CatalogueError) {
        guard condition else { throw CatalogueError(path: path, reason: reason(), isDamaged: true) }
    }

    // MARK: - Access

    private func reading<Result>(_ body: (Database) throws -> Result) throws(CatalogueError) -> Result {
        try using { try $0.read(body) }
    }

    private func writing(_ body: (Database) throws -> Void) throws(CatalogueError) {
        try using { try $0.write(body) }
    }

    private func using<Result>(_ body: (DatabasePool) throws -> Result) throws(CatalogueError) -> Result {
        try CatalogueError.naming(path) {
            let pool = try connection.withLock { connection in
                let pool = try connection.pool ?? CatalogueSchema.open(path)
                connection.pool = pool
                connection.users += 1
                return pool
            }
            defer {
                connection.withLock { connection in
                    connection.users -= 1
                    DayCatalogue.closeIfIdle(&connection)
                }
            }
            return try body(pool)
        }
    }
}

extension DayCatalogue.Addition {
    /// Rows other than those of segments.
    fileprivate var labelRows: Int { tenants.count + names.count + values.count + streams.count }

    /// Takes rows out, those first that others refer to.
    fileprivate mutating func takeLabels(_ limit: Int) -> DayCatalogue.Addition {
        var taken = DayCatalogue.Addition()
        var left = limit
        func take<Row>(_ rows: inout [Row], into target: inout [Row]) {
            let count = min(left, rows.count)
            target = Array(rows.prefix(count))
            rows.removeFirst(count)
            left -= count
        }
        take(&tenants, into: &taken.tenants)
        take(&names, into: &taken.names)
        take(&values, into: &taken.values)
        take(&streams, into: &taken.streams)
        return taken
    }
}
