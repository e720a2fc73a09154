import LogQL
import Synchronization
import WeirAPI
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// A real store behind the real endpoint, reached through a network that does what it likes.
final class FaultyServer: HTTPSender {
    /// What happens to one request.
    enum Fault: Sendable, CaseIterable {
        case none, unreachable, tooMany, broken, lostAnswer, crashBefore, crashAfter
    }

    private let folder: TemporaryFolder
    private let clock: ManualClock
    private let state: Mutex<(store: LogStore?, fault: @Sendable () -> Fault)>

    init(in folder: TemporaryFolder, clock: ManualClock) {
        self.folder = folder
        self.clock = clock
        state = Mutex((nil, { .none }))
    }

    /// Decides what happens to the requests from now on.
    func misbehave(_ fault: @escaping @Sendable () -> Fault) {
        state.withLock { $0.fault = fault }
    }

    func post(
        url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
    ) async throws(HTTPSendError) -> HTTPAnswer {
        let fault = state.withLock { $0.fault }()
        switch fault {
        case .unreachable: throw .unreachable("nobody there")
        case .tooMany: return HTTPAnswer(status: 429, headers: [(name: "Retry-After", value: "3")])
        case .broken: return HTTPAnswer(status: 500)
        case .crashBefore:
            await crash()
            throw .unreachable("connection reset")
        case .none, .lostAnswer, .crashAfter: break
        }
        let answer: HTTPAnswer
        do {
            answer = try await self.answer(headers, body)
        } catch {
            throw .unreachable("\(error)")
        }
        if fault == .crashAfter { await crash() }
        // The head of an answer without its end is no answer.
        if fault != .none { throw .timeout }
        return answer
    }

    /// Every stored line, as often as it is stored.
    func lines() async throws -> [String] {
        let found = Mutex<[String]>([])
        let selection = Selection(tenant: .default, matchers: [], range: .all, direction: .forward)
        _ = try await store().scan(selection, workers: 1) { _, batch in
            let lines = (0..<batch.count).map { batch.lineText(ofRow: $0) }
            found.withLock { $0 += lines }
            return .proceed
        }
        return found.withLock { $0 }
    }

    /// Writes segments and releases the WAL.
    func flush() async throws { try await store().flush() }

    /// Ends the store as SIGKILL would.
    func crash() async {
        let store = state.withLock { state in
            defer { state.store = nil }
            return state.store
        }
        await store?.abandon()
    }

    private func answer(_ headers: [(name: String, value: String)], _ body: [UInt8]) async throws -> HTTPAnswer {
        let store = try await store()
        let now = Timestamp(nanoseconds: clock.now())
        let services = APIServices(
            sink: store, source: store, runQuery: { _ throws(QueryError) in preconditionFailure("nobody asks") },
            now: { now })
        var fields: [String: String] = [:]
        for (name, value) in headers { fields[name.lowercased()] = value }
        let response = await EndpointTable(services: services).respond(
            to: APIRequest(method: "POST", path: "/loki/api/v1/push", headers: fields, body: body, arrival: now))
        return HTTPAnswer(status: response.status, bodyPrefix: response.body)
    }

    private func store() async throws -> LogStore {
        if let store = state.withLock({ $0.store }) { return store }
        var configuration = StoreConfiguration(folder: folder.path + "/server")
        configuration.freeDiskBytesMin = 0
        configuration.threads = 2
        let store = try await LogStore.open(
            configuration: configuration, fileSystem: PosixFileSystem(), clock: clock,
            decodeBody: { try EncodedBodyDecoder.decode($0) })
        state.withLock { $0.store = store }
        return store
    }
}
