public import WeirModel

/// A sink that tells tails what it has stored.
public struct PublishingSink: EntrySink {
    private let store: any EntrySink
    private let hub: TailHub
    private let whenStored: @Sendable (Push) -> Void

    /// Creates a sink in front of a store.
    ///
    /// - Parameter whenStored: told of every push besides the hub; must be quick.
    public init(store: any EntrySink, hub: TailHub, whenStored: @escaping @Sendable (Push) -> Void = { _ in }) {
        self.store = store
        self.hub = hub
        self.whenStored = whenStored
    }

    /// Appends to the store, then publishes.
    public func append(_ push: Push) async throws(AppendError) {
        try await store.append(push)
        whenStored(push)
        hub.publish(push)
    }
}
