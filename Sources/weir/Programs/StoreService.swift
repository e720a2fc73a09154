internal import ServiceLifecycle
internal import WeirStore

/// The store as a service: opens it, which replays the WAL, then maintains it, and ends it in order. Services stop in
/// reverse order, so when this one is asked to, nobody pushes any more.
struct StoreService: Service {
    /// Opens the store and makes it known to those who wait for it.
    let open: @Sendable () async throws -> LogStore

    /// Runs maintenance until graceful shutdown or cancellation, then seals and closes.
    func run() async throws {
        let store = try await open()
        await cancelWhenGracefulShutdown {
            await store.run()
        }
        await store.close()
    }
}
