internal import GRDB
internal import WeirModel

/// What `weir inspect catalogue PATH` prints: one fact a line, for a day's catalogue or for `weir.db`.
public enum CatalogueInspection {
    /// Describes the database at `path`, which a running store may be using.
    ///
    /// - Throws: ``CatalogueError`` when it cannot be opened or is no catalogue.
    public static func lines(path: String) throws(CatalogueError) -> [String] {
        try CatalogueError.naming(path) {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try queue.read { database in
                if try database.tableExists("segment") { return try dayLines(database) }
                if try database.tableExists("partition") { return try globalLines(database) }
                throw CatalogueError(path: path, reason: "is no catalogue: neither of a day nor weir.db")
            }
        }
    }

    /// What SQLite finds wrong with a database; nothing when it is sound.
    ///
    /// - Throws: ``CatalogueError`` when it cannot be opened.
    static func damage(path: String) throws(CatalogueError) -> [String] {
        try CatalogueError.naming(path) {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try queue.read { database in
                try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
            }
        }
    }

    private static func dayLines(_ database: Database) throws -> [String] {
        var lines: [String] = []
        for row in try Row.fetchAll(database, sql: "SELECT k, v FROM meta ORDER BY k") {
            lines.append("meta \(try row.decode(String.self, atIndex: 0)) \(try row.decode(Int64.self, atIndex: 1))")
        }
        for table in ["tenant", "label_name", "label_value", "stream", "posting", "segment", "garbage"] {
            // Names of tables cannot be bound; these come from the line above.
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
            lines.append("table \(table) rows \(count)")
        }
        let segments = try Row.fetchAll(
            database,
            sql: """
                SELECT ulid, tenant.name AS tenant, level, min_ts, max_ts, rows, raw_bytes, file_bytes, gen, deletes, state
                FROM segment JOIN tenant ON tenant.id = segment.tenant ORDER BY segment.id
                """)
        for row in segments {
            let fields = row.map { column, value in
                "\(column) \(String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map(String.init) ?? "?")"
            }
            lines.append("segment " + fields.joined(separator: " "))
        }
        return lines
    }

    private static func globalLines(_ database: Database) throws -> [String] {
        var lines: [String] = []
        let version = try Int.fetchOne(database, sql: "SELECT max(version) FROM schema_migrations") ?? 0
        lines.append("schema \(version)")
        for row in try Row.fetchAll(database, sql: "SELECT day, state FROM partition ORDER BY day") {
            let day = try row.decode(Int.self, atIndex: 0)
            lines.append("partition \(DayName.text(of: day)) \(try row.decode(String.self, atIndex: 1))")
        }
        for row in try Row.fetchAll(database, sql: "SELECT name, value FROM setting ORDER BY name") {
            let name = try row.decode(String.self, atIndex: 0)
            lines.append("setting \(name) \(try row.decode(String.self, atIndex: 1))")
        }
        return lines
    }
}
