internal import WeirModel

/// `POST /loki/api/v1/push`, its older form, and plain lines: reads, checks and appends; 204 once the sink has taken the
/// rows.
struct PushEndpoint: Sendable {
    private let intake: PushIntake
    private let reception: PushReception

    init(services: APIServices, reception: PushReception) {
        intake = PushIntake(limits: services.pushLimits)
        self.reception = reception
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(["POST"], "/loki/api/v1/push") { request, _ in
                await answer { () throws(PushRejection) in try intake.read(request) }
            },
            Endpoint(["POST"], "/api/prom/push") { request, _ in
                await answer { () throws(PushRejection) in try intake.readLegacy(request) }
            },
            Endpoint(["POST"], "/weir/api/v1/push/ndjson") { request, _ in
                await answer { () throws(PushRejection) in try intake.readLines(request) }
            },
        ]
    }

    private func answer(_ read: () throws(PushRejection) -> PushIntake.Outcome) async -> APIResponse {
        await reception.take(read)?.text ?? APIResponse(status: 204)
    }
}
