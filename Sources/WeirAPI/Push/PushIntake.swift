internal import WeirBytes
public import WeirModel

/// From the body of a push request to what the store appends: decode, check, discover. Pure: no clock, no sink.
public struct PushIntake: Sendable {
    /// What pushes may hold.
    public var limits: PushLimits

    /// What came of a body.
    public struct Outcome: Sendable {
        /// What to append; nil when no row was accepted.
        public var push: Push?
        /// Loki's text about rows that were left out; nil when all were accepted.
        public var fault: String?
        /// Rows left out, by Loki's reason.
        public var rejectedRows: [String: Int]
        /// Bytes of the accepted lines.
        public var lineBytes: Int
    }

    /// Creates an intake.
    public init(limits: PushLimits) {
        self.limits = limits
    }

    /// Reads a request to `/loki/api/v1/push`.
    ///
    /// - Throws: ``PushRejection`` when nothing of it can be stored because it cannot be read.
    public func read(_ request: APIRequest) throws(PushRejection) -> Outcome {
        let isJSON = try MediaType.parse(request.headers["content-type"]) == "application/json"
        // Snappy as an encoding says nothing new: protobuf bodies are Snappy anyway.
        let body = try transportDecoded(request, plain: ["", "snappy"])
        let rules = DiscoveryRules(limits)
        let decoded =
            isJSON
            ? try LokiPushJSON.decode(body, rules: rules)
            : try LokiPushProtobuf.decode(body, limit: limits.bodyBytesMax, rules: rules)
        return try accept(decoded, of: request) {
            rules.encoding(isJSON: isJSON).map { EncodedBody(encoding: $0, bytes: body) }
        }
    }

    /// Reads a request to `/otlp/v1/logs`.
    ///
    /// - Throws: ``PushRejection`` when nothing of it can be stored because it cannot be read.
    public func readOTLP(_ request: APIRequest) throws(PushRejection) -> Outcome {
        let body = try transportDecoded(request, plain: [""])
        let rules = DiscoveryRules(limits)
        let decoded: DecodedPush
        // Loki compares the header as it stands: parameters are none of these types.
        switch request.headers["content-type"] ?? "" {
        case "application/x-protobuf":
            decoded = try OTLPProtobuf.decode(
                body, rules: rules, attributes: limits.otlp, arrival: request.arrival)
        case "application/json":
            decoded = try OTLPJSON.decode(body, rules: rules, attributes: limits.otlp, arrival: request.arrival)
        case let type:
            throw PushRejection("content type: \(type) is not supported")
        }
        return try accept(decoded, of: request) { nil }
    }

    /// Reads a request to the older `/api/prom/push`, whose protobuf is that of today.
    ///
    /// - Throws: ``PushRejection`` when nothing of it can be stored because it cannot be read.
    public func readLegacy(_ request: APIRequest) throws(PushRejection) -> Outcome {
        guard try MediaType.parse(request.headers["content-type"]) == "application/json" else {
            return try read(request)
        }
        let body = try transportDecoded(request, plain: ["", "snappy"])
        return try accept(try LegacyPushJSON.decode(body, rules: DiscoveryRules(limits)), of: request) { nil }
    }

    /// Reads a request to `/weir/api/v1/push/ndjson`: each line of the body is an entry.
    ///
    /// Parameters: `labels`, a selector such as `{app="web"}`, and `timestamp`, the name of the JSON member that says
    /// when.
    ///
    /// - Throws: ``PushRejection`` when nothing of it can be stored because it cannot be read.
    public func readLines(_ request: APIRequest) throws(PushRejection) -> Outcome {
        var labels: [Label] = []
        var fault: PushRejection?
        Array((request.parameter("labels") ?? "{}").utf8).withUnsafeBytes { text in
            do throws(PushRejection) { labels = try StreamLabelParser.parse(text) } catch { fault = error }
        }
        if let fault { throw fault }
        let body = try transportDecoded(request, plain: [""])
        let decoded = LinePush.decode(
            body, labels: labels, timeField: request.parameter("timestamp"), rules: DiscoveryRules(limits),
            arrival: request.arrival)
        return try accept(decoded, of: request) { nil }
    }

    /// Reads a request to `_bulk`.
    ///
    /// - Parameter index: the one in the path, for actions that name none.
    /// - Returns: what comes of it, and the names of its actions in order.
    /// - Throws: ``PushRejection`` when nothing of it can be stored because it cannot be read.
    public func readBulk(
        _ request: APIRequest, index: String?
    ) throws(PushRejection) -> (outcome: Outcome, actions: [String]) {
        let body = try transportDecoded(request, plain: [""])
        let (decoded, actions) = try BulkPush.decode(
            body, index: index, rules: DiscoveryRules(limits), arrival: request.arrival)
        return (try accept(decoded, of: request) { nil }, actions)
    }

    /// Checks rows and adds what is discovered. `encoded` is asked for when all rows are accepted.
    private func accept(
        _ decoded: consuming DecodedPush, of request: APIRequest, encoded: () -> EncodedBody?
    ) throws(PushRejection) -> Outcome {
        guard decoded.streamCount > 0 else {
            throw PushRejection("error at least one valid stream is required for ingestion", status: 422)
        }
        let faults = PushDoor(limits: limits, now: request.arrival).check(&decoded)
        // In its place: with two owners the arena would be copied for the few bytes that are added.
        if limits.discoversLevels { LevelDiscovery.apply(to: &decoded.batch) }
        let batch = decoded.batch
        let lineBytes = batch.lineBytes
        var push: Push?
        if !batch.isEmpty {
            push = Push(
                tenant: request.tenant, arrival: request.arrival, batch: batch,
                body: faults.isEmpty ? encoded() : nil,
                origin: request.headers[PushOrigin.headerName.lowercased()].flatMap { PushOrigin($0) })
        }
        return Outcome(
            push: push, fault: faults.isEmpty ? nil : faults.text, rejectedRows: faults.rowsByReason,
            lineBytes: lineBytes)
    }

    /// The body without its `Content-Encoding`; `plain` are those that change nothing.
    private func transportDecoded(
        _ request: APIRequest, plain: Set<String>
    ) throws(PushRejection) -> [UInt8] {
        let encoding = request.headers["content-encoding"] ?? ""
        let body: [UInt8]
        do throws(DecompressionError) {
            switch encoding {
            case _ where plain.contains(encoding):
                body = request.body
            case "gzip":
                body = try InflateCodec.decompress(request.body, format: .gzip, limit: limits.bodyBytesMax)
            case "deflate":
                body = try InflateCodec.decompress(request.body, format: .deflate, limit: limits.bodyBytesMax)
            default:
                throw DecompressionError.malformed("Content-Encoding \(QuotedText.quote(encoding)) not supported")
            }
        } catch {
            throw PushRejection(error)
        }
        guard body.count <= limits.bodyBytesMax else {
            throw PushRejection(
                "received message larger than max (\(body.count) vs \(limits.bodyBytesMax))", status: 413)
        }
        return body
    }
}
