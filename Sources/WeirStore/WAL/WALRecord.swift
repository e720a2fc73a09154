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

    /// Creates a record.
    public init(lsn: UInt64, tenant: Tenant, arrival: Timestamp, content: Content) {
        self.lsn = lsn
        self.tenant = tenant
        self.arrival = arrival
        self.content = content
    }

    /// The types of records; on disk, never renumber.
    enum Kind: UInt8, Sendable {
        case encodedBody = 1
        case rows = 2
    }
}
