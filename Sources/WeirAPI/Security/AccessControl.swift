internal import WeirBytes
internal import WeirModel

/// Who may do what: recognises the token of a request and compares its scopes with what the request needs.
///
/// A token comes as `Authorization: Bearer <token>`, or as the password of basic authentication with the token's name as
/// user, for clients that know nothing else.
public struct AccessControl: Sendable {
    private let tokens: [AccessToken]

    /// Creates the control; without tokens everything is allowed.
    public init(tokens: [AccessToken] = []) {
        self.tokens = tokens
    }

    /// Whether requests need a token.
    public var isOn: Bool { !tokens.isEmpty }

    /// What a request is let in as.
    enum Decision {
        /// It may go on, as the bearer of a token, or as anybody.
        case allowed(AccessToken?)
        /// It may not; the answer says why.
        case refused(APIResponse)
    }

    /// Decides about a request by its path, method and `Authorization`.
    func decide(_ request: APIRequest) -> Decision {
        let need = AccessNeed(method: request.method, path: request.path)
        guard isOn, need != .nothing else { return .allowed(nil) }
        guard let field = request.headers["authorization"] else { return .refused(Self.unauthorized("no token")) }
        guard let token = token(in: field) else { return .refused(Self.unauthorized("unknown token")) }
        if case .scope(let scope) = need, !token.allows(scope) {
            let has = token.scopes.map(\.rawValue).sorted().joined(separator: ", ")
            return .refused(
                .text("token '\(token.name)' has the scopes [\(has)], this needs \(scope.rawValue)\n", status: 403))
        }
        return .allowed(token)
    }

    private func token(in field: String) -> AccessToken? {
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "bearer": return token(parts[1], name: nil)
        case "basic":
            guard let pair = Base64Text.decode(parts[1]), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            let password = String(decoding: pair[(colon + 1)...], as: UTF8.self)
            return token(Substring(password), name: String(decoding: pair[..<colon], as: UTF8.self))
        default: return nil
        }
    }

    /// Looks at all tokens whether or not one was found, so that the time says nothing about their order.
    private func token(_ text: Substring, name: String?) -> AccessToken? {
        let digest = SHA256.digest(Array(text.utf8))
        var found: AccessToken?
        for token in tokens where token.has(digest: digest) { found = token }
        if let name, found?.name != name { return nil }
        return found
    }

    private static func unauthorized(_ reason: String) -> APIResponse {
        var response = APIResponse.text(reason + "\n", status: 401)
        response.headers.append(("WWW-Authenticate", "Basic realm=\"weir\", Bearer"))
        return response
    }
}
