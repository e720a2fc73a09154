internal import Synchronization
internal import WeirAPI
internal import WeirModel

/// What is known while a server starts: it listens at once, and answers 503 until its store has been opened.
final class Startup: Sendable {
    /// What answers once the store is open.
    struct Parts: Sendable {
        let table: EndpointTable
        let door: TailDoor
        let sink: any EntrySink
        /// What an extra listener answers as Alertmanager; nil without a notifier.
        var alertmanager: EndpointTable?
        /// Reads again what can be read again; what goes wrong is logged.
        var reload: @Sendable () async -> Void = {}
    }

    private struct State {
        var parts: Parts?
        var port: Int?
    }

    private let state = Mutex(State())
    /// Called once, when the server listens and the store is open.
    private let whenReady: @Sendable (_ port: Int) -> Void

    /// What clients and `/ready` are told before.
    static let reason = "Ingester not ready: the write-ahead log is being replayed"
    private static let retrySeconds = 5

    init(whenReady: @escaping @Sendable (_ port: Int) -> Void) {
        self.whenReady = whenReady
    }

    /// The parts, once the store is open.
    var parts: Parts? { state.withLock { $0.parts } }

    func open(_ parts: Parts) {
        change { $0.parts = parts }
    }

    func listen(on port: Int) {
        change { $0.port = port }
    }

    /// Answers a request, with 503 and a time to come back as long as there is nothing to ask.
    func respond(to request: APIRequest) async -> APIResponse {
        if let parts { return await parts.table.respond(to: request) }
        var response = APIResponse.text(Self.reason + "\n", status: 503)
        response.headers.append(("Retry-After", "\(Self.retrySeconds)"))
        return response
    }

    /// Answers a request as Alertmanager.
    func respondAsAlertmanager(to request: APIRequest) async -> APIResponse {
        if let table = parts?.alertmanager { return await table.respond(to: request) }
        return .text(parts == nil ? Self.reason + "\n" : "alerting.built_in is off\n", status: 503)
    }

    private func change(_ body: (inout State) -> Void) {
        let port = state.withLock { state -> Int? in
            let wasReady = state.parts != nil && state.port != nil
            body(&state)
            return wasReady || state.parts == nil ? nil : state.port
        }
        if let port { whenReady(port) }
    }
}

/// The store's place before it is open, for an agent in the same process: it keeps its lines and comes again.
struct StartingSink: EntrySink {
    let startup: Startup

    func append(_ push: Push) async throws(AppendError) {
        guard let sink = startup.parts?.sink else { throw .unavailable(reason: Startup.reason) }
        try await sink.append(push)
    }
}
