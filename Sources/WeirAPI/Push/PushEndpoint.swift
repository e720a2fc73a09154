internal import WeirModel

/// `POST /loki/api/v1/push`: reads, checks and appends; 204 once the sink has taken the rows.
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
                let refusal = await reception.take { () throws(PushRejection) in try intake.read(request) }
                return refusal?.text ?? APIResponse(status: 204)
            }
        ]
    }
}
