public import WeirModel

/// What the endpoints of deletion ask the store for.
public struct DeleteControl: Sendable {
    /// Which lines are meant.
    public struct Target: Sendable {
        /// Whose lines.
        public var tenant: Tenant
        /// The selector with its line filters, as it was sent.
        public var query: String
        /// What the selector says.
        public var matchers: [Matcher]
        /// When the lines were said.
        public var range: TimeRange

        /// Creates a target.
        public init(tenant: Tenant, query: String, matchers: [Matcher], range: TimeRange) {
            self.tenant = tenant
            self.query = query
            self.matchers = matchers
            self.range = range
        }
    }

    /// What became of a cancellation.
    public enum Cancellation: Sendable {
        /// The request is forgotten.
        case done
        /// There is no such request.
        case unknown
        /// Its lines are gone.
        case tooLate
    }

    /// Hides lines at once and has them removed; gives the number of the request.
    public var request: @Sendable (Target) async throws -> Int64
    /// How many lines a request would hide, and their bytes.
    public var count: @Sendable (Target) async throws -> (lines: Int, bytes: Int)
    /// All requests of a tenant, oldest first.
    public var list: @Sendable (Tenant) async throws -> [DeleteStatus]
    /// Forgets a request.
    public var cancel: @Sendable (Int64, Tenant) async throws -> Cancellation

    /// Creates a control.
    public init(
        request: @escaping @Sendable (Target) async throws -> Int64,
        count: @escaping @Sendable (Target) async throws -> (lines: Int, bytes: Int),
        list: @escaping @Sendable (Tenant) async throws -> [DeleteStatus],
        cancel: @escaping @Sendable (Int64, Tenant) async throws -> Cancellation
    ) {
        self.request = request
        self.count = count
        self.list = list
        self.cancel = cancel
    }
}
