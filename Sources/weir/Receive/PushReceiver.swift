internal import Logging
internal import ServiceLifecycle
internal import WeirAPI
internal import WeirAgent
internal import WeirModel
internal import WeirSystem

/// Takes pushes of other agents and answers when their lines are delivered, or in the spool.
struct PushReceiver: Sendable {
    let configuration: PushReceiverConfiguration
    let job: String
    let fan: InboxFan
    let logger: Logger

    /// Receives until cancelled.
    ///
    /// - Throws: when the address cannot be bound.
    func run() async throws {
        var options = WebServer.Options()
        options.host = configuration.address
        options.port = configuration.port
        let address = options.host
        let server = WebServer(
            options: options, endpoints: { await answer($0) }, clock: SystemClock(), logger: logger
        ) { port in
            logger.info("pushes", metadata: ["address": "http://\(address):\(port)/loki/api/v1/push", "job": "\(job)"])
        }
        try await server.run()
    }

    private func answer(_ request: APIRequest) async -> APIResponse {
        switch request.path {
        case "/ready": return .text("ready\n")
        case "/loki/api/v1/push", "/api/prom/push", "/promtail/api/v1/raw": break
        default: return .text("404 page not found\n", status: 404)
        }
        guard request.method == "POST" else { return .text("method not allowed\n", status: 405) }
        let lines: [ReceivedLine]
        do throws(PushRejection) {
            lines = request.path.hasSuffix("/raw") ? raw(request) : try pushed(request)
        } catch {
            return .text(error.message, status: error.status)
        }
        // Who sends has a spool of its own; waiting is for those who cannot come again.
        let receipt = try? await fan.deliver(lines, job: job)
        guard let receipt, await receipt.waitUntilSafe() else {
            var refusal = APIResponse.text("the agent ends, send again\n", status: 503)
            refusal.headers.append(("Retry-After", "1"))
            return refusal
        }
        return APIResponse(status: 204)
    }

    /// Every line of the body is an entry of this moment.
    private func raw(_ request: APIRequest) -> [ReceivedLine] {
        request.body.split(separator: UInt8(ascii: "\n")).map { line in
            ReceivedLine(labels: configuration.labels, timestamp: nil, line: Array(line))
        }
    }

    private func pushed(_ request: APIRequest) throws(PushRejection) -> [ReceivedLine] {
        var limits = PushLimits()
        // The lines are the last server's to judge; what it would add to them it adds itself.
        limits.rejectsOld = false
        limits.discoversLevels = false
        limits.serviceNameLabels = []
        guard let batch = try PushIntake(limits: limits).read(request).push?.batch else { return [] }
        let streams = batch.streams.map { configuration.labels.adding($0.labels) }
        return batch.bytes.withUnsafeBytes { bytes in
            (0..<batch.count).map { row in
                let start = Int(batch.lineOffsets[row])
                return ReceivedLine(
                    labels: streams[Int(batch.streamIndexes[row])],
                    timestamp: configuration.usesIncomingTimestamp ? batch.timestamps[row] : nil,
                    line: Array(bytes[start..<start + Int(batch.lineLengths[row])]))
            }
        }
    }
}
