public import WeirModel

/// Where an agent's batches go: a server over HTTP, or the store in the same process.
public protocol PushDestination: Sendable {
    /// What the destination is called in metrics and messages.
    var name: String { get }

    /// Puts rows in the form that ``deliver(_:)`` sends. Called on the follower's thread, may take milliseconds.
    func prepare(_ lines: LineBatch, tenant: String?) -> PushParcel

    /// Delivers a parcel, trying again for as long as that may help.
    ///
    /// Parcels are delivered one after the other, so that the lines of a file arrive in their order.
    ///
    /// - Returns: once the lines are as safe as the destination promises, or refused for good.
    /// - Throws: `CancellationError` when the agent stops first; the lines are then not delivered.
    func deliver(_ parcel: PushParcel) async throws(CancellationError) -> DeliveryOutcome
}

/// Rows of one tenant, ready to be delivered.
public struct PushParcel: Sendable {
    /// The form of the rows.
    public enum Content: Sendable {
        /// A protobuf push request in one Snappy block.
        case encoded([UInt8])
        /// The rows themselves.
        case rows(LineBatch)
    }

    /// The tenant that a stage has set; nil leaves it to the destination.
    public var tenant: String?
    /// The number of lines.
    public var lineCount: Int
    /// The sum of their lengths in bytes.
    public var lineBytes: Int
    /// The rows.
    public var content: Content
    /// Under which name and number they are sent, so that a server that has them already can tell; nil when the same
    /// rows could come under another number.
    public var origin: PushOrigin?

    /// Whether the rows are in the form of a request.
    var isEncoded: Bool {
        if case .encoded = content { true } else { false }
    }

    /// Creates a parcel.
    public init(tenant: String?, lineCount: Int, lineBytes: Int, content: Content) {
        self.tenant = tenant
        self.lineCount = lineCount
        self.lineBytes = lineBytes
        self.content = content
    }
}

/// How a delivery ended.
public enum DeliveryOutcome: Sendable, Hashable {
    /// The lines are safe.
    case delivered
    /// The destination will never take them; they are dropped, and counted under the reason.
    case refused(reason: String, message: String)
}
