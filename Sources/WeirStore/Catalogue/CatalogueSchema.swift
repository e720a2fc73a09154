internal import GRDB

/// Tables and settings of the two kinds of database; docs/formats/catalogue.md explains every column.
enum CatalogueSchema {
    /// The format of a day's catalogue. On disk: raise it with every change that an older program would misread.
    static let dayFormat = 2
    /// No format will ever be higher: such a number is damage.
    static let dayFormatMax = 99

    static let day = """
        CREATE TABLE meta(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
        CREATE TABLE tenant(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE label_name(id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, name TEXT NOT NULL,
            UNIQUE(tenant, name));
        CREATE TABLE label_value(id INTEGER PRIMARY KEY, name_id INTEGER NOT NULL, value TEXT NOT NULL);
        CREATE TABLE stream(id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, fp INTEGER NOT NULL, labels BLOB NOT NULL);
        CREATE TABLE posting(value_id INTEGER NOT NULL, stream_id INTEGER NOT NULL,
            PRIMARY KEY(value_id, stream_id)) WITHOUT ROWID;
        CREATE TABLE segment(id INTEGER PRIMARY KEY, ulid TEXT NOT NULL UNIQUE, tenant INTEGER NOT NULL,
            level INTEGER NOT NULL, min_ts INTEGER NOT NULL, max_ts INTEGER NOT NULL, rows INTEGER NOT NULL,
            raw_bytes INTEGER NOT NULL, file_bytes INTEGER NOT NULL, tail_off INTEGER NOT NULL,
            tail_len INTEGER NOT NULL, tail_crc INTEGER NOT NULL, format INTEGER NOT NULL, streams BLOB NOT NULL,
            gen INTEGER NOT NULL, lsn_lo INTEGER NOT NULL, lsn_hi INTEGER NOT NULL, loc TEXT, state TEXT NOT NULL,
            deletes INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX segment_time ON segment(tenant, max_ts, min_ts);
        CREATE TABLE garbage(ulid TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
        """

    /// What turns a day of each older format, from 1 on, into the next one. A step that was ever released never changes.
    static let daySteps = [
        "ALTER TABLE segment ADD COLUMN deletes INTEGER NOT NULL DEFAULT 0; DROP TABLE tombstone;"
    ]

    /// The steps that lead to the current global database; a step that was ever released never changes.
    static let globalMigrations = [
        """
        CREATE TABLE partition(day INTEGER PRIMARY KEY, state TEXT NOT NULL);
        CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """,
        """
        ALTER TABLE partition ADD COLUMN applied_lsn INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE delete_request(id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, query TEXT NOT NULL,
            matchers BLOB NOT NULL, min_ts INTEGER NOT NULL, max_ts INTEGER NOT NULL, created INTEGER NOT NULL,
            lsn INTEGER NOT NULL, state TEXT NOT NULL);
        """,
        """
        CREATE TABLE sender(tenant TEXT NOT NULL, sender TEXT NOT NULL, sequence INTEGER NOT NULL,
            seen INTEGER NOT NULL, PRIMARY KEY(tenant, sender)) WITHOUT ROWID;
        """,
    ]

    /// Opens or creates a database with the settings that all of ours share.
    ///
    /// One writer and two readers; a commit is synced (`synchronous=FULL`), because the WAL is released on its word.
    static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.maximumReaderCount = 2
        configuration.label = path
        configuration.prepareDatabase { database in
            // The page size only takes effect in a database without pages yet, so it comes first.
            try database.execute(
                sql: """
                    PRAGMA page_size = 8192;
                    PRAGMA cache_size = -8192;
                    PRAGMA mmap_size = 268435456;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA foreign_keys = OFF;
                    PRAGMA wal_autocheckpoint = 2000;
                    """)
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB lowers this to NORMAL when it turns the write-ahead log on.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
    }
}
