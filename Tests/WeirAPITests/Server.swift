import LogQL
import Synchronization
import WeirAPI
import WeirModel

/// A table of endpoints over a sink that remembers and a source that is made up.
final class Server: EntrySink, LogSource {
    private let pushLog = Mutex<[Push]>([])
    private let queryLog = Mutex<[QueryRequest]>([])
    private let selectionLog = Mutex<[(matchers: [Matcher], range: TimeRange)]>([])
    let appendError: AppendError?
    let stored: [LabelSet]

    init(stored: [LabelSet] = [], appendError: AppendError? = nil) {
        self.stored = stored
        self.appendError = appendError
    }

    /// What was appended so far.
    var pushes: [Push] { pushLog.withLock { $0 } }
    /// The queries run so far.
    var queries: [QueryRequest] { queryLog.withLock { $0 } }
    /// What was asked of the source so far.
    var selections: [(matchers: [Matcher], range: TimeRange)] { selectionLog.withLock { $0 } }

    func table(
        _ limits: PushLimits = .plain, unready: String? = nil,
        answer: @escaping @Sendable (QueryRequest) throws(QueryError) -> QueryOutcome = { _ in .empty }
    ) -> EndpointTable {
        let services = APIServices(
            sink: self, source: self,
            runQuery: { request throws(QueryError) in
                self.queryLog.withLock { $0.append(request) }
                return try answer(request)
            },
            pushLimits: limits, now: { APIRequest.arrival }, unreadyReason: { unready },
            metricSources: [{ [MetricFamily("test_up", "Up.", .gauge, value: 1)] }],
            build: BuildVersion(version: "1.2.3", revision: "abc"))
        return EndpointTable(services: services)
    }

    func append(_ push: Push) async throws(AppendError) {
        if let appendError { throw appendError }
        pushLog.withLock { $0.append(push) }
    }

    func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary {
        ScanSummary()
    }

    func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] {
        Set(matching(matchers, range).flatMap { $0.labels.map(\.name) }).sorted()
    }

    func labelValues(of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] {
        Set(matching(matchers, range).compactMap { $0[name] }).sorted()
    }

    func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet] {
        matching(matchers, range).sorted()
    }

    /// Every stream has one entry for each range, one byte long for each label of the stream.
    func volumes(tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]) async throws -> [[StreamVolume]] {
        ranges.map { range in
            matching(matchers, range).sorted().map { labels in
                StreamVolume(labels: labels, entries: 1, bytes: labels.count, blocks: 1)
            }
        }
    }

    private func matching(_ matchers: [Matcher], _ range: TimeRange) -> [LabelSet] {
        selectionLog.withLock { $0.append((matchers, range)) }
        return stored.filter { labels in matchers.allSatisfy { $0.accepts(labels) } }
    }
}

extension QueryOutcome {
    static let empty = QueryOutcome(result: .streams([]), statistics: QueryStatistics())
}

extension APIResponse {
    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
