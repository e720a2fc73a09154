internal import LogQL
internal import WeirModel

/// Everything about tails but their sockets: who may, what they get first, and how they end.
public struct TailDoor: Sendable {
    private let services: APIServices

    /// The paths of tails, the second for old clients.
    public static let paths: Set<String> = ["/loki/api/v1/tail", "/api/prom/tail"]

    /// Creates the door of a server.
    public init(services: APIServices) {
        self.services = services
    }

    /// Reads a request to tail; nil when it has to be refused, which its endpoint then does as plain HTTP.
    public func read(_ request: APIRequest) -> TailRequest? {
        guard TailDoor.paths.contains(request.path) else { return nil }
        return try? TailRequest(request, limits: services.queryLimits, now: services.now)
    }

    /// Begins a tail; call ``sendHistory(to:)`` next, and ``close(_:)`` at the end.
    ///
    /// - Throws: ``TailLimitError`` when there are too many.
    public func open(_ request: TailRequest) throws(TailLimitError) -> TailSubscription {
        try services.tails.subscribe(request)
    }

    /// Asks the store for what came before the tail.
    ///
    /// - Returns: why it cannot be had; nil when it is on its way.
    public func sendHistory(to subscription: TailSubscription) async -> String? {
        let request = subscription.request
        let now = services.now()
        // A sender's clock may be ahead of ours a little; what it has stored already is history.
        let end = now.advanced(byNanoseconds: 60 * Timestamp.nanosecondsPerSecond)
        let query = QueryRequest(
            tenant: request.tenant, text: request.text,
            time: .range(start: min(request.start, end), end: end, stepNanoseconds: Timestamp.nanosecondsPerSecond),
            direction: .backward, limit: request.limit)
        do throws(QueryError) {
            let outcome = try await services.runQuery(query)
            guard case .streams(let streams) = outcome.result else { return nil }
            // Entries of one stream come newest first; the sort is stable.
            let entries = request.render(streams, isStored: true).reversed().sorted { $0.timestamp < $1.timestamp }
            subscription.begin(history: entries, now: now)
            return nil
        } catch {
            return error.message
        }
    }

    /// Ends a tail.
    public func close(_ subscription: TailSubscription) {
        services.tails.unsubscribe(subscription)
    }

    var endpoints: [Endpoint] {
        TailDoor.paths.sorted().map { path in
            Endpoint(Endpoint.asking, path) { request, _ in refuse(request) }
        }
    }

    /// Only a WebSocket can tail; a plain request learns whether its query would do.
    private func refuse(_ request: APIRequest) -> APIResponse {
        do {
            _ = try TailRequest(request, limits: services.queryLimits, now: services.now)
            return .text("Bad Request", status: 400)
        } catch is TailRequest.NoEntries {
            return .text("Bad Request", status: 400)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }
}
