public import WeirModel

internal import WeirBytes

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
        let body = try transportDecoded(request)
        guard body.count <= limits.bodyBytesMax else {
            throw PushRejection(
                "received message larger than max (\(body.count) vs \(limits.bodyBytesMax))", status: 413)
        }
        let rules = DiscoveryRules(limits)
        var decoded =
            isJSON
            ? try LokiPushJSON.decode(body, rules: rules)
            : try LokiPushProtobuf.decode(body, limit: limits.bodyBytesMax, rules: rules)
        guard decoded.streamCount > 0 else {
            throw PushRejection("error at least one valid stream is required for ingestion", status: 422)
        }
        let faults = PushDoor(limits: limits, now: request.arrival).check(&decoded)
        var batch = decoded.batch
        if rules.levels { LevelDiscovery.apply(to: &batch) }
        let lineBytes = batch.lineBytes
        var push: Push?
        if !batch.isEmpty {
            var encoded: EncodedBody?
            if faults.isEmpty, let encoding = rules.encoding(isJSON: isJSON) {
                encoded = EncodedBody(encoding: encoding, bytes: body)
            }
            push = Push(tenant: request.tenant, arrival: request.arrival, batch: batch, body: encoded)
        }
        return Outcome(
            push: push, fault: faults.isEmpty ? nil : faults.text, rejectedRows: faults.rowsByReason,
            lineBytes: lineBytes)
    }

    private func transportDecoded(_ request: APIRequest) throws(PushRejection) -> [UInt8] {
        let encoding = request.headers["content-encoding"] ?? ""
        do throws(DecompressionError) {
            switch encoding {
            // Snappy as an encoding says nothing new: protobuf bodies are Snappy anyway.
            case "", "snappy": return request.body
            case "gzip":
                return try InflateCodec.decompress(request.body, format: .gzip, limit: limits.bodyBytesMax)
            case "deflate":
                return try InflateCodec.decompress(request.body, format: .deflate, limit: limits.bodyBytesMax)
            default: break
            }
        } catch {
            throw PushRejection(error)
        }
        throw PushRejection("Content-Encoding \(QuotedText.quote(encoding)) not supported")
    }
}
