internal import WeirAPI
internal import WeirModel

/// Finds out whose data a request is about.
struct TenantGate: Sendable {
    /// Whether a request must say so in `X-Scope-OrgID`; else the header means nothing and all data has one owner.
    let requiresTenant: Bool

    /// Paths about the process, not about anybody's data.
    private static let open: Set<String> = ["/ready", "/metrics", "/flush", "/loki/api/v1/status/buildinfo"]

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
        if let fault = Self.fault(of: name) { return .text(fault + "\n", status: 400) }
        request.tenant = Tenant(name)
        return nil
    }

    /// Loki's rules for names, in its words. Names become parts of paths elsewhere, hence no dots alone.
    private static func fault(of name: String) -> String? {
        if name.utf8.count > 150 { return "tenant ID is too long: max 150 characters" }
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
