internal import WeirModel

/// `POST /loki/api/v1/push`, its older form, and plain lines: reads, checks and appends; 204 once the sink has taken the
/// rows.
struct PushEndpoint: Sendable {
    private let limits: LimitTable
    private let reception: PushReception

    init(services: APIServices, reception: PushReception) {
        limits = services.limits
        self.reception = reception
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(["POST"], "/loki/api/v1/push") { request, _ in
                await answer(request) { intake throws(PushRejection) in try intake.read(request) }
            },
            Endpoint(["POST"], "/api/prom/push") { request, _ in
                await answer(request) { intake throws(PushRejection) in try intake.readLegacy(request) }
            },
            Endpoint(["POST"], "/weir/api/v1/push/ndjson") { request, _ in
                await answer(request) { intake throws(PushRejection) in try intake.readLines(request) }
            },
        ]
    }

    private func answer(
        _ request: APIRequest, _ read: (PushIntake) throws(PushRejection) -> PushIntake.Outcome
    ) async -> APIResponse {
        await reception.take(limits.limits(of: request.tenant).push, read)?.text ?? APIResponse(status: 204)
    }
}
