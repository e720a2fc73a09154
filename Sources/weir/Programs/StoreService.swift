internal import ServiceLifecycle
internal import WeirStore

/// The store's maintenance as a service, and its orderly end: services stop in reverse order, so when this one is asked
/// to, nobody pushes any more.
struct StoreService: Service {
    let store: LogStore

    /// Runs maintenance until graceful shutdown or cancellation, then seals and closes.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await store.run()
        }
        await store.close()
    }
}
