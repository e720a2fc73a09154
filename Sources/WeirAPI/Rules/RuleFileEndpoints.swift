internal import WeirModel

/// Rules as YAML, in the paths and with the answers of Loki's ruler, for `lokitool` and Grafana's editor.
struct RuleFileEndpoints: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    /// The endpoints below `/loki/api/v1/rules` or its older name.
    func endpoints(below root: String) -> [Endpoint] {
        [
            Endpoint(["GET"], root) { request, _ in
                await yaml(services.ruleFiles.groups(request.tenant, nil), missing: "no rule groups found\n")
            },
            Endpoint(["GET", "POST", "DELETE"], root + "/{namespace}") { request, captures in
                await namespace(request, captures["namespace"] ?? "")
            },
            Endpoint(["GET", "DELETE"], root + "/{namespace}/{group}") { request, captures in
                await group(request, captures["namespace"] ?? "", captures["group"] ?? "")
            },
        ]
    }

    private func namespace(_ request: APIRequest, _ namespace: String) async -> APIResponse {
        let files = services.ruleFiles
        switch request.method {
        case "POST":
            let body = String(decoding: request.body, as: UTF8.self)
            return await change { () throws(RuleFileAccess.Refusal) in
                try await files.write(request.tenant, namespace, body)
            }
        case "DELETE":
            return await change { () throws(RuleFileAccess.Refusal) in
                try await files.remove(request.tenant, namespace, nil)
            }
        default: return await yaml(files.groups(request.tenant, namespace), missing: "no rule groups found\n")
        }
    }

    private func group(_ request: APIRequest, _ namespace: String, _ name: String) async -> APIResponse {
        let files = services.ruleFiles
        guard request.method == "DELETE" else {
            return await yaml(files.group(request.tenant, namespace, name), missing: "group does not exist\n")
        }
        return await change { () throws(RuleFileAccess.Refusal) in
            try await files.remove(request.tenant, namespace, name)
        }
    }

    private func yaml(_ text: String?, missing: String) -> APIResponse {
        guard let text else { return .text(missing, status: 404) }
        return APIResponse(status: 200, headers: [("Content-Type", "application/yaml")], body: Array(text.utf8))
    }

    private func change(_ body: () async throws(RuleFileAccess.Refusal) -> Void) async -> APIResponse {
        do {
            try await body()
            let done = #"{"status":"success","data":null,"errorType":"","error":""}"#
            return APIResponse(status: 202, headers: [("Content-Type", "application/json")], body: Array(done.utf8))
        } catch {
            switch error {
            case .invalid(let message): return .text(message + "\n", status: 400)
            case .missing: return .text("group does not exist\n", status: 404)
            case .forbidden: return .text("rules cannot be changed here: ruler.enable_api is false\n", status: 403)
            case .failed(let message): return .text(message + "\n", status: 500)
            }
        }
    }
}
