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
    /// Who sent it, where the sender wants it kept once even when it comes twice.
    public var origin: PushOrigin?

    /// Creates a push.
    public init(
        tenant: Tenant, arrival: Timestamp, batch: LineBatch, body: EncodedBody? = nil, origin: PushOrigin? = nil
    ) {
        self.origin = origin
        self.tenant = tenant
        self.arrival = arrival
        self.batch = batch
        self.body = body
    }
}

/// A push body as it came over the wire, and how to read it again.
public struct EncodedBody: Sendable {
    /// How the bytes are encoded, and what was discovered on ingest and must be found again when they are read.
    ///
    /// Stored in WAL records: on disk, never renumber. The value less one is a set of bits: 1 JSON instead of
    /// protobuf, 2 with the default list of `service_name` labels, 4 with `detected_level`.
    public enum Encoding: UInt8, Sendable {
        /// Loki's protobuf push request in one raw Snappy block.
        case lokiSnappyProtobuf = 1
        /// Loki's JSON push request.
        case lokiJSON = 2
        /// As ``lokiSnappyProtobuf``; streams got a `service_name`.
        case lokiSnappyProtobufService = 3
        /// As ``lokiJSON``; streams got a `service_name`.
        case lokiJSONService = 4
        /// As ``lokiSnappyProtobuf``; rows got a `detected_level`.
        case lokiSnappyProtobufLevel = 5
        /// As ``lokiJSON``; rows got a `detected_level`.
        case lokiJSONLevel = 6
        /// As ``lokiSnappyProtobuf``; streams got a `service_name` and rows a `detected_level`.
        case lokiSnappyProtobufServiceLevel = 7
        /// As ``lokiJSON``; streams got a `service_name` and rows a `detected_level`.
        case lokiJSONServiceLevel = 8

        /// The encoding for a format and what was discovered.
        public init(isJSON: Bool, discoversService: Bool, discoversLevels: Bool) {
            let bits = (isJSON ? 1 : 0) | (discoversService ? 2 : 0) | (discoversLevels ? 4 : 0)
            self = Encoding(rawValue: UInt8(bits + 1))!
        }

        /// Whether the bytes are JSON; else Snappy with protobuf.
        public var isJSON: Bool { (rawValue - 1) & 1 != 0 }
        /// Whether streams without `service_name` get one from the default list of labels.
        public var discoversService: Bool { (rawValue - 1) & 2 != 0 }
        /// Whether rows get a `detected_level`.
        public var discoversLevels: Bool { (rawValue - 1) & 4 != 0 }
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

/// Why a batch was not taken; none of its rows was stored by this call.
public enum AppendError: Error, Sendable {
    /// The store takes no rows for now (disk full, write error); the text says why and what to do.
    case readOnly(reason: String)
    /// The store is still replaying its WAL, or is shutting down.
    case unavailable(reason: String)
    /// Too much is waiting; try again later.
    case overloaded(reason: String)
    /// A push of this origin was stored before: its rows are safe, and there is nothing left to do.
    case repeated
}
