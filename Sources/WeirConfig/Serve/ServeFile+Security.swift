internal import WeirAPI

extension ServeFile {
    /// `http_tls_config`, timeouts and the number of connections.
    mutating func applyListener(_ map: YAMLMap) {
        map.section("http_tls_config") { applyTLS($0) }
        if let value = map.value("tls_min_version"), let text = value.text {
            switch text {
            case "VersionTLS13": server.tls?.requiresTLS13 = true
            case "VersionTLS12", "": break
            default: value.remark(.warning, "TLS 1.2 is the oldest that is spoken", replacement: "VersionTLS12")
            }
        }
        if let timeout = map.value("http_server_read_header_timeout")?.duration, timeout > .zero {
            server.readTimeout = timeout
        } else if let timeout = map.value("http_server_read_timeout")?.duration, timeout > .zero {
            server.readTimeout = timeout
        }
        if let timeout = map.value("http_server_idle_timeout")?.duration, timeout > .zero {
            server.idleTimeout = timeout
        }
        if let count = map.integer("http_listen_conn_limit", in: 0...Int.max) { server.connectionsMax = count }
    }

    private mutating func applyTLS(_ map: YAMLMap) {
        let certificate = map.value("cert_file")?.text ?? ""
        let key = map.value("key_file")?.text ?? ""
        let clientCA = map.value("client_ca_file")?.text
        let choice = map.value("client_auth_type")
        guard !certificate.isEmpty, !key.isEmpty else {
            let missing = certificate.isEmpty ? "cert_file" : "key_file"
            map.remark(.error, key: missing, "TLS needs a certificate and its key: \(missing) is missing")
            return
        }
        var files = TLSFiles(certificate: certificate, key: key)
        files.clientCA = clientCA
        switch choice?.text?.lowercased() ?? "" {
        case "", "noclientcert": break
        case "requestclientcert", "verifyclientcertifgiven": files.clientAuthentication = .optional
        case "requireanyclientcert", "requireandverifyclientcert": files.clientAuthentication = .required
        default:
            choice?.remark(
                .error, "expected NoClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert",
                replacement: "RequireAndVerifyClientCert")
        }
        server.tls = files
    }

    mutating func applySecurity(_ map: YAMLMap) {
        for element in map.value("tokens")?.list ?? [] {
            guard let entry = element.map else { continue }
            if let token = Self.token(entry, element) {
                if tokens.contains(where: { $0.name == token.name }) {
                    element.remark(.error, "two tokens are named \(token.name)")
                }
                tokens.append(token)
            }
            entry.finish()
        }
    }

    private static func token(_ map: YAMLMap, _ element: YAMLValue) -> AccessToken? {
        guard let name = map.value("name")?.text, !name.isEmpty, !name.contains(":") else {
            element.remark(.error, "a token needs a name without a colon, such as promtail")
            return nil
        }
        var scopes: Set<AccessScope> = []
        for value in map.value("scopes")?.elements ?? [] {
            guard let scope = value.text.flatMap({ AccessScope(rawValue: $0) }) else {
                let known = AccessScope.allCases.map(\.rawValue)
                value.remark(
                    .error, "expected one of \(known.joined(separator: ", "))",
                    replacement: value.text.flatMap { NearestName.find($0, among: known) })
                continue
            }
            scopes.insert(scope)
        }
        let tenants = Set(map.value("tenants")?.texts ?? [])
        let hash = map.value("sha256")?.text ?? ""
        if scopes.isEmpty { element.remark(.warning, "token \(name) may do nothing", replacement: "scopes: [read]") }
        guard let token = AccessToken(name: name, hash: hash, scopes: scopes, tenants: tenants) else {
            element.remark(
                .error,
                "token \(name) needs sha256, the 64 digits that `weir token` prints; the token itself never "
                    + "stands in a file")
            return nil
        }
        return token
    }
}
