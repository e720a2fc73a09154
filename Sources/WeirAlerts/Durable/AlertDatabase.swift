internal import GRDB
internal import WeirModel

/// `alerts.db`: what a ``Dispatcher`` must know after a restart, and the history of attempts; docs/formats/alerts.md
/// explains the tables.
struct AlertDatabase: Sendable {
    private let queue: DatabaseQueue

    /// On disk; steps that were ever released never change.
    private static let migrations = [
        """
        CREATE TABLE alert(labels TEXT PRIMARY KEY, annotations TEXT NOT NULL, starts INTEGER NOT NULL,
            ends INTEGER NOT NULL, generator TEXT NOT NULL, updated INTEGER NOT NULL, timeout INTEGER NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE timer(group_key TEXT NOT NULL, receiver TEXT NOT NULL, next INTEGER NOT NULL,
            flushed INTEGER NOT NULL, PRIMARY KEY(group_key, receiver)) WITHOUT ROWID;
        CREATE TABLE silence(id TEXT PRIMARY KEY, matchers TEXT NOT NULL, starts INTEGER NOT NULL,
            ends INTEGER NOT NULL, updated INTEGER NOT NULL, created_by TEXT NOT NULL, comment TEXT NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE told(group_key TEXT NOT NULL, receiver TEXT NOT NULL, kind TEXT NOT NULL, place INTEGER NOT NULL,
            at INTEGER NOT NULL, expires INTEGER NOT NULL, firing TEXT NOT NULL, resolved TEXT NOT NULL,
            PRIMARY KEY(group_key, receiver, kind, place)) WITHOUT ROWID;
        CREATE TABLE owed(group_key TEXT NOT NULL, receiver TEXT NOT NULL, kind TEXT NOT NULL, place INTEGER NOT NULL,
            attempts INTEGER NOT NULL, not_before INTEGER NOT NULL,
            PRIMARY KEY(group_key, receiver, kind, place)) WITHOUT ROWID;
        CREATE TABLE attempt(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, group_key TEXT NOT NULL,
            receiver TEXT NOT NULL, kind TEXT NOT NULL, place INTEGER NOT NULL, reason TEXT NOT NULL,
            outcome TEXT NOT NULL, detail TEXT NOT NULL, firing INTEGER NOT NULL, resolved INTEGER NOT NULL);
        CREATE INDEX attempt_time ON attempt(at);
        """
    ]

    /// How long attempts are kept.
    private static let historyAgeMax = Duration.seconds(90 * 86_400)

    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = path
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard version <= Self.migrations.count else { throw AlertDatabaseError.newer(path: path, version: version) }
            for step in Self.migrations[version...] { try database.execute(sql: step) }
            try database.execute(sql: "PRAGMA user_version = \(Self.migrations.count)")
        }
    }

    /// Writes changes in one transaction.
    func save(_ changes: [StateChange]) throws {
        guard !changes.isEmpty else { return }
        try queue.write { database in
            for change in changes { try Self.apply(change, to: database) }
        }
    }

    private static func apply(_ change: StateChange, to database: Database) throws {
        switch change {
        case .alert(let alert):
            try database.execute(
                sql: "INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    LabelText.encode(alert.labels), LabelText.encode(alert.annotations), alert.startsAt.nanoseconds,
                    alert.endsAt.nanoseconds, alert.generatorURL, alert.updatedAt.nanoseconds, alert.endsByTimeout,
                ])
        case .alertForgotten(let labels):
            try database.execute(sql: "DELETE FROM alert WHERE labels = ?", arguments: [LabelText.encode(labels)])
        case .timer(let timer):
            try database.execute(
                sql: "INSERT OR REPLACE INTO timer VALUES (?, ?, ?, ?)",
                arguments: [timer.groupKey, timer.receiver, timer.nextFlush.nanoseconds, timer.hasFlushed])
        case .timerForgotten(let key, let receiver):
            try database.execute(
                sql: "DELETE FROM timer WHERE group_key = ? AND receiver = ?", arguments: [key, receiver])
        case .silence(let silence):
            try database.execute(
                sql: "INSERT OR REPLACE INTO silence VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    silence.id, MatcherListText.encode(silence.matchers), silence.startsAt.nanoseconds,
                    silence.endsAt.nanoseconds, silence.updatedAt.nanoseconds, silence.createdBy, silence.comment,
                ])
        case .silenceForgotten(let id):
            try database.execute(sql: "DELETE FROM silence WHERE id = ?", arguments: [id])
        case .told(let key, let entry):
            try database.execute(
                sql: "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: Self.key(key) + [
                    entry.at.nanoseconds, entry.expiresAt.nanoseconds, FingerprintList.encode(entry.firing),
                    FingerprintList.encode(entry.resolved),
                ])
        case .toldForgotten(let key): try remove(key, from: "told", in: database)
        case .owed(let key, let attempts, let notBefore):
            try database.execute(
                sql: "INSERT OR REPLACE INTO owed VALUES (?, ?, ?, ?, ?, ?)",
                arguments: Self.key(key) + [attempts, notBefore.nanoseconds])
        case .settled(let key): try remove(key, from: "owed", in: database)
        }
    }

    private static func key(_ key: DeliveryKey) -> StatementArguments {
        [key.groupKey, key.integration.receiver, key.integration.kind, key.integration.index]
    }

    private static func remove(_ key: DeliveryKey, from table: String, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM \(table) WHERE group_key = ? AND receiver = ? AND kind = ? AND place = ?",
            arguments: Self.key(key))
    }

    /// Everything that was saved. A row that cannot be read is left out: one of them must not keep all alerts from being
    /// told.
    func load() throws -> DispatcherState {
        try queue.read { database in
            var state = DispatcherState()
            state.alerts = try Row.fetchAll(database, sql: "SELECT * FROM alert").compactMap(Self.alert)
            state.timers = try Row.fetchAll(database, sql: "SELECT * FROM timer").map { row in
                GroupTimer(
                    groupKey: row["group_key"], receiver: row["receiver"],
                    nextFlush: Timestamp(nanoseconds: row["next"]), hasFlushed: row["flushed"])
            }
            state.silences = try Row.fetchAll(database, sql: "SELECT * FROM silence").compactMap(Self.silence)
            for row in try Row.fetchAll(database, sql: "SELECT * FROM told") {
                state.log[Self.key(row)] = NotificationLog.Entry(
                    at: Timestamp(nanoseconds: row["at"]), expiresAt: Timestamp(nanoseconds: row["expires"]),
                    firing: FingerprintList.decode(row["firing"]), resolved: FingerprintList.decode(row["resolved"]))
            }
            for row in try Row.fetchAll(database, sql: "SELECT * FROM owed") {
                state.owed[Self.key(row)] = (row["attempts"], Timestamp(nanoseconds: row["not_before"]))
            }
            return state
        }
    }

    private static func key(_ row: Row) -> DeliveryKey {
        DeliveryKey(
            groupKey: row["group_key"],
            integration: IntegrationID(receiver: row["receiver"], kind: row["kind"], index: row["place"]))
    }

    private static func alert(_ row: Row) -> TrackedAlert? {
        guard let labels = LabelText.decode(row["labels"]), let annotations = LabelText.decode(row["annotations"])
        else { return nil }
        return TrackedAlert(
            labels: labels, annotations: annotations, startsAt: Timestamp(nanoseconds: row["starts"]),
            endsAt: Timestamp(nanoseconds: row["ends"]), generatorURL: row["generator"],
            updatedAt: Timestamp(nanoseconds: row["updated"]), endsByTimeout: row["timeout"])
    }

    private static func silence(_ row: Row) -> Silence? {
        guard let matchers = MatcherListText.decode(row["matchers"]) else { return nil }
        return Silence(
            id: row["id"], matchers: matchers, startsAt: Timestamp(nanoseconds: row["starts"]),
            endsAt: Timestamp(nanoseconds: row["ends"]), updatedAt: Timestamp(nanoseconds: row["updated"]),
            createdBy: row["created_by"], comment: row["comment"])
    }

    // MARK: History

    /// Keeps what became of an attempt, and forgets what is too old.
    func note(_ attempt: DeliveryAttempt) throws {
        let horizon = attempt.at.advanced(byNanoseconds: -Self.historyAgeMax.nanoseconds)
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO attempt(at, group_key, receiver, kind, place, reason, outcome, detail, firing, resolved)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    attempt.at.nanoseconds, attempt.key.groupKey, attempt.key.integration.receiver,
                    attempt.key.integration.kind, attempt.key.integration.index, attempt.reason,
                    attempt.outcome, attempt.detail, attempt.firing, attempt.resolved,
                ])
            try database.execute(sql: "DELETE FROM attempt WHERE at < ?", arguments: [horizon.nanoseconds])
        }
    }

    /// The latest attempts, newest first.
    func attempts(countMax: Int) throws -> [DeliveryAttempt] {
        try queue.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM attempt ORDER BY at DESC, id DESC LIMIT ?", arguments: [countMax]
            ).map { row in
                DeliveryAttempt(
                    at: Timestamp(nanoseconds: row["at"]), key: Self.key(row), reason: row["reason"],
                    outcome: row["outcome"], detail: row["detail"], firing: row["firing"], resolved: row["resolved"])
            }
        }
    }
}

/// Why `alerts.db` cannot be used.
enum AlertDatabaseError: Error, CustomStringConvertible {
    case newer(path: String, version: Int)

    var description: String {
        switch self {
        case .newer(let path, let version): "\(path) is of format \(version), which is newer than this program"
        }
    }
}
