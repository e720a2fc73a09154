internal import WeirBytes
internal import WeirModel

/// `/loki/api/v1/delete`: lines that shall be gone; and under `/weir/api/v1` the same with a count beforehand.
///
/// A request hides its lines from every answer before it is answered; they leave the disk in the background.
struct DeleteEndpoints: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        let methods = ["GET", "POST", "PUT", "DELETE"]
        return [
            Endpoint(methods, "/loki/api/v1/delete") { request, _ in await answer(request, create: createAsLoki) },
            Endpoint(methods, "/weir/api/v1/delete") { request, _ in await answer(request, create: create) },
            Endpoint(["GET"], "/loki/api/v1/cache/generation_numbers") { _, _ in .json(Array("\"\"\n".utf8)) },
        ]
    }

    private typealias Creation = (APIRequest, DeleteControl) async throws -> APIResponse

    private func answer(_ request: APIRequest, create: Creation) async -> APIResponse {
        guard let control = services.deletes else {
            return .text("deletion is not available for this tenant\n", status: 403)
        }
        do {
            switch request.method {
            case "GET": return try await list(request, control)
            case "DELETE": return try await cancel(request, control)
            default: return try await create(request, control)
            }
        } catch let error as ParameterError {
            return .text(error.message + "\n", status: 400)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func createAsLoki(_ request: APIRequest, _ control: DeleteControl) async throws -> APIResponse {
        let id = try await control.request(DeleteParameters(request).target())
        return APIResponse(status: 204, headers: [("X-Delete-Request-ID", DeleteParameters.text(of: id))])
    }

    /// Answers with the request's number, or with `dry_run=true` with how much it would hide.
    private func create(_ request: APIRequest, _ control: DeleteControl) async throws -> APIResponse {
        let target = try DeleteParameters(request).target()
        var json = JSONWriter()
        if request.parameter("dry_run") == "true" {
            let count = try await control.count(target)
            json.raw(#"{"lines":"#)
            json.number(count.lines)
            json.raw(#","bytes":"#)
            json.number(count.bytes)
        } else {
            let id = try await control.request(target)
            json.raw(#"{"request_id":"#)
            json.string(DeleteParameters.text(of: id))
        }
        json.raw("}\n")
        return .json(json.bytes)
    }

    private func cancel(_ request: APIRequest, _ control: DeleteControl) async throws -> APIResponse {
        let unknown = APIResponse.text("could not find delete request with given id\n", status: 404)
        guard let id = DeleteParameters(request).id() else { return unknown }
        switch try await control.cancel(id, request.tenant) {
        case .done: return APIResponse(status: 204)
        case .unknown: return unknown
        case .tooLate:
            return .text(
                "deletion of request which is in process or already processed is not allowed\n", status: 400)
        }
    }

    private func list(_ request: APIRequest, _ control: DeleteControl) async throws -> APIResponse {
        var json = JSONWriter()
        json.raw("[")
        for (index, status) in try await control.list(request.tenant).enumerated() {
            json.raw(index == 0 ? #"{"request_id":"# : #",{"request_id":"#)
            json.string(DeleteParameters.text(of: status.id))
            json.raw(#","start_time":"#)
            json.number(DeleteEndpoints.seconds(status.range.start))
            json.raw(#","end_time":"#)
            json.number(DeleteEndpoints.seconds(status.range.end.advanced(byNanoseconds: -1)))
            json.raw(#","query":"#)
            json.string(status.query)
            json.raw(status.isProcessed ? #","status":"processed""# : #","status":"received""#)
            json.raw(#","created_at":"#)
            json.number(DeleteEndpoints.seconds(status.created))
            json.raw(#","user_id":""}"#)
        }
        json.raw("]\n")
        return .json(json.bytes)
    }

    /// Seconds with milliseconds, as Prometheus writes instants.
    private static func seconds(_ instant: Timestamp) -> Double {
        Double(instant.nanoseconds / 1_000_000) / 1000
    }
}
