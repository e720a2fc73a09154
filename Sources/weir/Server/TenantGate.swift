internal import WeirAPI
internal import WeirModel

/// Finds out whose data a request is about.
struct TenantGate: Sendable {
    /// Whether a request must say so in `X-Scope-OrgID`; else the header means nothing and all data has one owner.
    let requiresTenant: Bool

    /// Paths about the process, not about anybody's data.
    private static let open: Set<String> = [
        "/ready", "/metrics", "/flush", "/-/reload", "/config", "/services", "/log_level", "/runtime_config",
        "/loki/api/v1/status/buildinfo", "/api/v1/status/buildinfo", "/weir/api/v1/backup",
    ]

    /// Paths that only one tenant at a time can use; all others ask, and may ask several (`a|b`).
    private static let single = [
        "/loki/api/v1/push", "/api/prom/push", "/otlp/", "/weir/api/v1/push", "/_bulk", "/elasticsearch",
        "/loki/api/v1/tail", "/api/prom/tail", "/loki/api/v1/delete", "/loki/api/v1/rules", "/api/prom/rules",
        "/prometheus/",
    ]

    /// Asks `endpoints` in the name of the request's tenant, or refuses.
    func answer(_ request: APIRequest, _ endpoints: (APIRequest) async -> APIResponse) async -> APIResponse {
        var request = request
        if let refusal = refusal(of: &request) { return refusal }
        return await endpoints(request)
    }

    /// Gives the request its tenant.
    ///
    /// - Returns: the answer to a request that names none or a bad one.
    func refusal(of request: inout APIRequest) -> APIResponse? {
        guard requiresTenant, !Self.open.contains(request.path) else { return nil }
        guard let name = request.headers["x-scope-orgid"], !name.isEmpty else {
            return .text("no org id\n", status: 401)
        }
        let names = Set(name.split(separator: "|", omittingEmptySubsequences: false).map(Self.withoutSuffix))
        for name in names.sorted() {
            if let fault = Self.fault(of: name) { return .text(fault + "\n", status: 400) }
        }
        if names.count > 1, Self.single.contains(where: { request.path.hasPrefix($0) }) {
            return .text("multiple org IDs present\n", status: 400)
        }
        request.tenant = Tenant(names.sorted().joined(separator: "|"))
        return nil
    }

    /// What stands behind a colon is a note of the sender's.
    private static func withoutSuffix(_ name: Substring) -> String {
        String(name.prefix { $0 != ":" })
    }

    /// Loki's rules for names, in its words. Names become parts of paths elsewhere, hence no dots alone.
    private static func fault(of name: String) -> String? {
        if name.utf8.count > 150 { return "tenant ID is too long: max 150 characters" }
        if name.isEmpty { return "no org id" }
        if name == "." || name == ".." { return "tenant ID is '.' or '..'" }
        for character in name.unicodeScalars {
            let isAlphanumeric =
                character.isASCII && character.properties.isAlphabetic || ("0"..."9").contains(character)
            guard isAlphanumeric || "!-_.*'()".unicodeScalars.contains(character) else {
                return "tenant ID '\(name)' contains unsupported character '\(character)'"
            }
        }
        return nil
    }
}
