internal import WeirBytes
internal import WeirModel

/// What operators and load balancers ask: readiness, version, flush.
struct OperationEndpoints: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(["GET"], "/ready") { _, _ in ready() },
            Endpoint(["GET"], "/loki/api/v1/status/buildinfo") { _, _ in build() },
            Endpoint(["GET"], "/api/v1/status/buildinfo") { _, _ in build() },
            Endpoint(["GET"], "/services") { _, _ in running() },
            Endpoint(Endpoint.asking, "/flush") { _, _ in await flush() },
        ]
    }

    private func ready() -> APIResponse {
        if let reason = services.unreadyReason() { return .text(reason + "\n", status: 503) }
        return .text("ready\n")
    }

    private func running() -> APIResponse {
        APIResponse(
            status: 200, headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array(services.serviceNames.sorted().map { "\($0) => Running\n" }.joined().utf8))
    }

    private func build() -> APIResponse {
        let members: [(StaticString, String)] = [
            ("version", services.build.version), ("revision", services.build.revision),
            ("branch", services.build.branch), ("buildUser", services.build.buildUser),
            ("buildDate", services.build.buildDate), ("goVersion", ""),
        ]
        var json = JSONWriter()
        json.raw("{")
        for (index, (name, value)) in members.enumerated() {
            json.raw(index == 0 ? "\"" : ",\"")
            json.raw(name)
            json.raw("\":")
            json.string(value)
        }
        json.raw("}")
        return .json(json.bytes)
    }

    private func flush() async -> APIResponse {
        do {
            try await services.flush()
            return APIResponse(status: 204)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }
}
