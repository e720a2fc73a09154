internal import WeirAlerts
internal import WeirBytes
internal import WeirModel

/// Silences in Alertmanager's API of version 2.
struct SilenceEndpoints: Sendable {
    private let service: AlertService

    init(service: AlertService) {
        self.service = service
    }

    var endpoints: [Endpoint] {
        ["/api/v2", "/alertmanager/api/v2"].flatMap { root in
            [
                Endpoint(["GET", "POST"], root + "/silences") { request, _ in
                    request.method == "POST" ? await post(request) : list(request)
                },
                Endpoint(["GET", "DELETE"], root + "/silence/{id}") { request, captures in
                    let id = captures["id"] ?? ""
                    return request.method == "DELETE" ? await expire(id) : one(id)
                },
            ]
        }
    }

    /// Active ones by their end, pending ones by their start, then those that are over, the latest first.
    static func sorted(_ silences: some Sequence<Silence>, at now: Timestamp) -> [Silence] {
        silences.sorted { left, right in
            let states: [Silence.State] = [.active, .pending, .expired]
            let (mine, other) = (left.state(at: now), right.state(at: now))
            if mine != other { return states.firstIndex(of: mine)! < states.firstIndex(of: other)! }
            switch mine {
            case .active: return left.endsAt < right.endsAt
            case .pending: return left.startsAt < right.startsAt
            case .expired: return left.endsAt > right.endsAt
            }
        }
    }

    private func list(_ request: APIRequest) -> APIResponse {
        do {
            let wanted = try AlertingAnswer.filters(request)
            let now = service.now
            let found = service.dispatcher.silences.all.filter { silence in
                wanted.allSatisfy { filter in
                    // A filter names a silence's own matcher, or a value that one of its equalities has.
                    silence.matchers.contains { $0.name == filter.name && ($0 == filter || filter.accepts($0.value)) }
                }
            }
            let sorted = Self.sorted(found, at: now)
            return AlertingAnswer.json { json in
                json.list(sorted) { json, silence in json.silence(silence, at: now) }
            }
        } catch { return AlertingAnswer.text("\(error)", status: 400) }
    }

    private func post(_ request: APIRequest) async -> APIResponse {
        let posted: PostedSilence
        do { posted = try PostedSilence(request.body, at: service.now) } catch let fault as APITextError {
            return AlertingAnswer.coded(612, "\(fault)", status: 422)
        } catch { return AlertingAnswer.coded(400, "parsing silence body failed: \(error)", status: 400) }
        do {
            let id = try await service.setSilence(posted.silence)
            return AlertingAnswer.json { json in
                json.raw(#"{"silenceID":"#)
                json.string(id)
                json.raw("}")
            }
        } catch {
            switch error {
            case .notFound: return AlertingAnswer.text("\(error)", status: 404)
            case .endsBeforeStart, .endsInThePast:
                return AlertingAnswer.text("Failed to create silence: \(error)", status: 400)
            case .invalid: return AlertingAnswer.text("\(error)", status: 400)
            }
        }
    }

    private func one(_ id: String) -> APIResponse {
        guard Self.isUUID(id) else { return Self.badID(id) }
        guard let silence = service.dispatcher.silences[id] else {
            return AlertingAnswer.text("silence not found", status: 404)
        }
        let now = service.now
        return AlertingAnswer.json { json in json.silence(silence, at: now) }
    }

    private func expire(_ id: String) async -> APIResponse {
        guard Self.isUUID(id) else { return Self.badID(id) }
        do { try await service.expireSilence(id) } catch { return AlertingAnswer.text("\(error)", status: 404) }
        return APIResponse(status: 200)
    }

    private static func badID(_ id: String) -> APIResponse {
        AlertingAnswer.coded(601, "silenceID in path must be of type uuid: \(QuotedText.quote(id))", status: 422)
    }

    static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && parts.joined().utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
            }
    }
}
