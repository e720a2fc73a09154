/// Where batches of lines go: the store, or a client that pushes them to one.
public protocol EntrySink: Sendable {
    /// Takes a batch; returns when its lines are as safe as the sink promises (the store: synced to disk).
    ///
    /// All rows are taken or, when it throws, none: the door has already left out rows that break a limit.
    /// An entry that is already there (same stream, instant, line and metadata) is taken and kept once.
    ///
    /// - Parameter push: the batch with its tenant and instant of arrival.
    /// - Throws: ``AppendError``.
    func append(_ push: Push) async throws(AppendError)
}

/// One request to append: a batch, whose it is, and when it came.
public struct Push: Sendable {
    /// Whose streams.
    public var tenant: Tenant
    /// When the request arrived, kept with the rows so that a backtest can tell what was known when.
    public var arrival: Timestamp
    /// The rows.
    public var batch: LineBatch
    /// The request body that `batch` was decoded from, if it holds exactly these rows; the WAL then stores it as it
    /// is, which is smaller and cheaper than encoding the batch again.
    public var body: EncodedBody?

    /// Creates a push.
    public init(tenant: Tenant, arrival: Timestamp, batch: LineBatch, body: EncodedBody? = nil) {
        self.tenant = tenant
        self.arrival = arrival
        self.batch = batch
        self.body = body
    }
}

/// A push body as it came over the wire, and how to read it again.
public struct EncodedBody: Sendable {
    /// How the bytes are encoded. Stored in WAL records: on disk, never renumber.
    public enum Encoding: UInt8, Sendable {
        /// Loki's protobuf push request in one raw Snappy block.
        case lokiSnappyProtobuf = 1
        /// Loki's JSON push request.
        case lokiJSON = 2
    }

    /// How the bytes are encoded.
    public var encoding: Encoding
    /// The body after transport decoding (gzip undone), before Snappy is.
    public var bytes: [UInt8]

    /// Creates a body.
    public init(encoding: Encoding, bytes: [UInt8]) {
        self.encoding = encoding
        self.bytes = bytes
    }
}

/// Why a batch could not be taken; none of its rows is stored or readable.
public enum AppendError: Error, Sendable {
    /// The store takes no rows for now (disk full, write error); the text says why and what to do.
    case readOnly(reason: String)
    /// The store is still replaying its WAL, or is shutting down.
    case unavailable(reason: String)
    /// Too much is waiting; try again later.
    case overloaded(reason: String)
}
