import Synchronization
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// One stored entry as tests compare it.
struct Entry: Hashable, Comparable, CustomStringConvertible {
    var labels: LabelSet
    var timestamp: Int64
    var line: String
    var metadata: [Label] = []

    static func < (left: Entry, right: Entry) -> Bool {
        (left.timestamp, left.labels, left.line) < (right.timestamp, right.labels, right.line)
    }

    var description: String { "\(labels) \(timestamp) \(line)" }
}

/// A folder in which stores are opened one after the other, and what they reported.
final class StoreFixture: Sendable {
    /// 2023-11-14 22:13:20 UTC, 106 minutes before midnight.
    static let start: Int64 = 1_700_000_000_000_000_000
    static let second: Int64 = 1_000_000_000

    let folder = TemporaryFolder()
    let clock = ManualClock(nanoseconds: StoreFixture.start)
    let events = Mutex<[StoreEvent]>([])

    func open(
        on files: (any FileSystem)? = nil, _ change: (inout StoreConfiguration) -> Void = { _ in }
    ) async throws -> LogStore {
        var configuration = StoreConfiguration(folder: folder.path + "/data")
        configuration.freeDiskBytesMin = 0
        configuration.threads = 2
        change(&configuration)
        return try await LogStore.open(
            configuration: configuration, fileSystem: files ?? folder.files, clock: clock,
            decodeBody: { body in
                throw CatalogueError(path: "", reason: "these tests push rows, not \(body.encoding)")
            },
            onEvent: { [self] event in events.withLock { $0.append(event) } })
    }

    /// The batch of entries, streams in order of first appearance.
    static func batch(_ entries: [Entry]) -> LineBatch {
        var batch = LineBatch()
        for entry in entries {
            let known = batch.streams.firstIndex(of: entry.labels)
            if known == nil { batch.streams.append(entry.labels) }
            for label in entry.metadata { batch.addMetadata(name: label.name.utf8, value: label.value.utf8) }
            batch.appendRow(
                stream: UInt32(known ?? batch.streams.count - 1), timestamp: entry.timestamp,
                copying: Array(entry.line.utf8))
        }
        return batch
    }
}

extension LogStore {
    func push(_ entries: [Entry], tenant: Tenant = .default, arrival: Int64 = StoreFixture.start) async throws {
        try await append(
            Push(tenant: tenant, arrival: Timestamp(nanoseconds: arrival), batch: StoreFixture.batch(entries)))
    }

    /// The entries of a selection in the order in which one worker gets them.
    func entries(
        _ matchers: [Matcher] = [], tenant: Tenant = .default, range: TimeRange = .all,
        _ direction: Selection.Direction = .forward, workers: Int = 1
    ) async throws -> [Entry] {
        let found = Mutex<[Entry]>([])
        let selection = Selection(tenant: tenant, matchers: matchers, range: range, direction: direction)
        _ = try await scan(selection, workers: workers) { _, batch in
            let entries = (0..<batch.count).map { row in
                Entry(
                    labels: batch.streams[Int(batch.streamIndexes[row])], timestamp: batch.timestamps[row],
                    line: batch.lineText(ofRow: row), metadata: batch.metadataLabels(ofRow: row))
            }
            found.withLock { $0 += entries }
            return .proceed
        }
        return found.withLock { $0 }
    }
}

extension TimeRange {
    /// From and to seconds after the fixture's start.
    static func seconds(_ start: Int64, _ end: Int64) -> TimeRange {
        TimeRange(
            start: Timestamp(nanoseconds: StoreFixture.start + start * StoreFixture.second),
            end: Timestamp(nanoseconds: StoreFixture.start + end * StoreFixture.second))
    }
}

/// An entry a number of seconds after the fixture's start.
func entry(_ app: String, _ seconds: Int64, _ line: String, metadata: [Label] = []) -> Entry {
    Entry(
        labels: ["app": app, "env": app == "db" ? "prod" : "dev"],
        timestamp: StoreFixture.start + seconds * StoreFixture.second, line: line, metadata: metadata)
}
