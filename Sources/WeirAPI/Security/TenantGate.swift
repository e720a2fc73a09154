internal import WeirModel

/// Finds out who asks, whether they may, and whose data a request is about.
public struct TenantGate: Sendable {
    /// Whether a request must say so in `X-Scope-OrgID`; else the header means nothing and all data has one owner.
    private let requiresTenant: Bool
    private let access: AccessControl

    /// Creates a gate.
    ///
    /// - Parameters:
    ///   - requiresTenant: whether a request must name its tenant; a token that is good for one tenant names it too.
    ///   - access: who may do what.
    public init(requiresTenant: Bool, access: AccessControl = AccessControl()) {
        self.requiresTenant = requiresTenant
        self.access = access
    }

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

    /// Gives the request its tenant.
    ///
    /// - Returns: the answer to a request that may not go on: without a token, or naming no tenant or a bad one.
    public func refusal(of request: inout APIRequest) -> APIResponse? {
        let token: AccessToken?
        switch access.decide(request) {
        case .refused(let answer): return answer
        case .allowed(let found): token = found
        }
        guard requiresTenant, !Self.open.contains(request.path), !request.path.hasPrefix("/debug/") else { return nil }
        var header = request.headers["x-scope-orgid"] ?? ""
        if header.isEmpty, let token, token.tenants.count == 1 { header = token.tenants.first ?? "" }
        guard !header.isEmpty else { return .text("no org id\n", status: 401) }
        let names = Set(header.split(separator: "|", omittingEmptySubsequences: false).map(Self.withoutSuffix))
        for name in names.sorted() {
            if let fault = Self.fault(of: name) { return .text(fault + "\n", status: 400) }
            if let token, !token.tenants.isEmpty, !token.tenants.contains(name) {
                return .text("token '\(token.name)' is not for tenant '\(name)'\n", status: 403)
            }
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
