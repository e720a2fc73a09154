internal import Synchronization
public import LogQL
public import WeirModel

/// The limits of each tenant: the server's own, and for some tenants others, which may change while it runs.
public final class LimitTable: Sendable {
    /// What one tenant may do.
    public struct Limits: Sendable {
        /// What its pushes may hold.
        public var push: PushLimits
        /// What its queries may cost.
        public var query: QueryLimits

        /// Creates limits.
        public init(push: PushLimits = PushLimits(), query: QueryLimits = QueryLimits()) {
            self.push = push
            self.query = query
        }
    }

    /// The limits of tenants without any of their own.
    public let defaults: Limits
    private let state: Mutex<State>

    private struct State {
        var overrides: [String: Limits] = [:]
        var text = "overrides: {}\n"
    }

    /// Creates a table in which all tenants have the same limits.
    public init(_ defaults: Limits = Limits()) {
        self.defaults = defaults
        state = Mutex(State())
    }

    /// The limits of a tenant. Several tenants at once (`a|b`) have the server's own.
    public func limits(of tenant: Tenant) -> Limits {
        state.withLock { $0.overrides[tenant.name] } ?? defaults
    }

    /// Replaces the limits of single tenants.
    ///
    /// - Parameters:
    ///   - overrides: by tenant.
    ///   - text: the file they were read from, for `/runtime_config`.
    public func replace(_ overrides: [String: Limits], text: String) {
        state.withLock { $0 = State(overrides: overrides, text: text) }
    }

    /// What `/runtime_config` shows.
    var text: String { state.withLock { $0.text } }
}
