internal import WeirModel

/// `POST /loki/api/v1/push`: reads, checks and appends; 204 once the sink has taken the rows.
struct PushEndpoint: Sendable {
    private let intake: PushIntake
    private let sink: any EntrySink
    private let counters: RequestCounters

    init(services: APIServices, counters: RequestCounters) {
        intake = PushIntake(limits: services.pushLimits)
        sink = services.sink
        self.counters = counters
    }

    var endpoints: [Endpoint] {
        [Endpoint(["POST"], "/loki/api/v1/push") { request, _ in await respond(to: request) }]
    }

    private func respond(to request: APIRequest) async -> APIResponse {
        let outcome: PushIntake.Outcome
        do throws(PushRejection) {
            outcome = try intake.read(request)
        } catch {
            return .text(error.message, status: error.status)
        }
        if let push = outcome.push {
            let lines = push.batch.count
            do throws(AppendError) {
                try await sink.append(push)
            } catch {
                return PushEndpoint.answer(to: error)
            }
            counters.countPush(lines: lines, lineBytes: outcome.lineBytes, rejected: outcome.rejectedRows)
        } else {
            counters.countPush(lines: 0, lineBytes: 0, rejected: outcome.rejectedRows)
        }
        if let fault = outcome.fault { return .text(fault, status: 400) }
        return APIResponse(status: 204)
    }

    /// All of these pass, so clients are told to come back: they drop what is refused with another status.
    private static func answer(to error: AppendError) -> APIResponse {
        let (reason, retrySeconds) =
            switch error {
            case .readOnly(let reason): (reason, 30)
            case .unavailable(let reason): (reason, 5)
            case .overloaded(let reason): (reason, 1)
            }
        var response = APIResponse.text(reason, status: 503)
        response.headers.append(("Retry-After", "\(retrySeconds)"))
        return response
    }
}
