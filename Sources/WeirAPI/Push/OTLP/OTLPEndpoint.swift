internal import WeirBytes

/// `POST /otlp/v1/logs`: OpenTelemetry's logs; an exporter is pointed at `http://host:3100/otlp`.
///
/// Refusals are a protobuf `google.rpc.Status` with the text in field 2, whatever the request was, as in Loki.
struct OTLPEndpoint: Sendable {
    private let limits: LimitTable
    private let reception: PushReception

    init(services: APIServices, reception: PushReception) {
        limits = services.limits
        self.reception = reception
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(["POST"], "/otlp/v1/logs") { request, _ in
                let refusal = await reception.take(limits.limits(of: request.tenant).push) {
                    intake throws(PushRejection) in
                    try intake.readOTLP(request)
                }
                return refusal.map(OTLPEndpoint.answer) ?? APIResponse(status: 204)
            }
        ]
    }

    private static func answer(to refusal: PushRefusal) -> APIResponse {
        var status = WireWriter()
        status.text(field: 2, refusal.message)
        var response = APIResponse(
            status: refusal.status,
            headers: [("Content-Type", "application/octet-stream"), ("X-Content-Type-Options", "nosniff")],
            body: status.bytes)
        if let seconds = refusal.retrySeconds { response.headers.append(("Retry-After", "\(seconds)")) }
        return response
    }
}
