public import WeirModel

/// A sink that tells tails what it has stored.
public struct PublishingSink: EntrySink {
    private let store: any EntrySink
    private let hub: TailHub

    /// Creates a sink in front of a store.
    public init(store: any EntrySink, hub: TailHub) {
        self.store = store
        self.hub = hub
    }

    /// Appends to the store, then publishes.
    public func append(_ push: Push) async throws(AppendError) {
        try await store.append(push)
        hub.publish(push)
    }
}
