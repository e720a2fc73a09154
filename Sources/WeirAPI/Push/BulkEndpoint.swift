internal import Synchronization
internal import WeirBytes

/// Elasticsearch's `_bulk` and the few questions its clients ask before they send: the output of Filebeat, Vector or
/// Fluent Bit is pointed at `http://host:3100/elasticsearch`, or at the root.
struct BulkEndpoint: Sendable {
    private let limits: LimitTable
    private let reception: PushReception

    init(services: APIServices, reception: PushReception) {
        limits = services.limits
        self.reception = reception
    }

    var endpoints: [Endpoint] {
        let bulk: Endpoint.Handler = { request, captures in await push(request, index: captures["index"]) }
        let about = #"{"cluster_name":"weir","version":{"number":"8.17.0"},"tagline":"You Know, for Search"}"#
        let license = #"{"license":{"uid":"weir","type":"basic","status":"active"}}"#
        let health = #"{"cluster_name":"weir","status":"green","timed_out":false}"#
        func constant(_ text: String) -> Endpoint.Handler {
            { _, _ in BulkEndpoint.answer(Array(text.utf8), status: 200) }
        }
        return [
            Endpoint(["POST", "PUT"], "/_bulk", bulk),
            Endpoint(["POST", "PUT"], "/elasticsearch/_bulk", bulk),
            Endpoint(["POST", "PUT"], "/elasticsearch/{index}/_bulk", bulk),
            Endpoint(["GET"], "/elasticsearch", constant(about)),
            Endpoint(["GET"], "/elasticsearch/", constant(about)),
            Endpoint(["GET"], "/elasticsearch/_license", constant(license)),
            Endpoint(["GET"], "/elasticsearch/_cluster/health", constant(health)),
        ]
    }

    private func push(_ request: APIRequest, index: String?) async -> APIResponse {
        let actions = Mutex<[String]>([])
        let refusal = await reception.take(limits.limits(of: request.tenant).push) { intake throws(PushRejection) in
            let (outcome, names) = try intake.readBulk(request, index: index)
            actions.withLock { $0 = names }
            return outcome
        }
        if let refusal, refusal.status != 400 || actions.withLock(\.isEmpty) {
            return BulkEndpoint.failure(refusal)
        }
        // Rows that break a limit are not told apart: which they are is in the text.
        var json = JSONWriter(reservingCapacity: 4096)
        json.raw(#"{"took":0,"errors":"#)
        json.raw(refusal == nil ? "false" : "true")
        json.raw(#","items":"#)
        json.list(actions.withLock { $0 }) { json, action in
            json.raw("{")
            json.string(action)
            if let refusal {
                json.raw(#":{"status":400,"error":{"type":"document_parsing_exception","reason":"#)
                json.string(refusal.message)
                json.raw("}}}")
            } else {
                json.raw(#":{"status":201,"result":"created"}}"#)
            }
        }
        json.raw("}")
        return BulkEndpoint.answer(json.bytes, status: 200)
    }

    private static func failure(_ refusal: PushRefusal) -> APIResponse {
        var json = JSONWriter()
        json.raw(#"{"error":{"type":"illegal_argument_exception","reason":"#)
        json.string(refusal.message)
        json.raw(#"},"status":"#)
        json.number(refusal.status)
        json.raw("}")
        var response = answer(json.bytes, status: refusal.status)
        if let seconds = refusal.retrySeconds { response.headers.append(("Retry-After", "\(seconds)")) }
        return response
    }

    /// Elasticsearch's own clients insist on the second header.
    private static func answer(_ body: [UInt8], status: Int) -> APIResponse {
        APIResponse(
            status: status, headers: [("Content-Type", "application/json"), ("X-Elastic-Product", "Elasticsearch")],
            body: body)
    }
}
