public import WeirModel

/// One push as the log kept it.
public struct WALRecord: Sendable {
    /// The rows, in the form in which they were written.
    public enum Content: Sendable {
        /// The body of the request as it came.
        case encoded(EncodedBody)
        /// The rows themselves.
        case rows(LineBatch)
    }

    /// The record's number; rises over all restarts.
    public var lsn: UInt64
    /// Whose rows.
    public var tenant: Tenant
    /// When the push arrived.
    public var arrival: Timestamp
    /// The rows.
    public var content: Content
    /// Who sent the push, where it said so.
    public var origin: PushOrigin?

    /// Creates a record.
    public init(
        lsn: UInt64, tenant: Tenant, arrival: Timestamp, content: Content, origin: PushOrigin? = nil
    ) {
        self.origin = origin
        self.lsn = lsn
        self.tenant = tenant
        self.arrival = arrival
        self.content = content
    }

    /// The types of records; on disk, never renumber.
    enum Kind: UInt8, Sendable {
        case encodedBody = 1
        case rows = 2
        case encodedBodyWithOrigin = 3
        case rowsWithOrigin = 4

        /// The type of a push's record.
        init(_ push: Push) {
            switch (push.body != nil, push.origin != nil) {
            case (true, false): self = .encodedBody
            case (false, false): self = .rows
            case (true, true): self = .encodedBodyWithOrigin
            case (false, true): self = .rowsWithOrigin
            }
        }
    }
}
