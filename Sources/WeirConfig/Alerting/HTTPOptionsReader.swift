internal import WeirAlerts

/// `http_config` and `tls_config`.
enum HTTPOptionsReader {
    static func options(
        _ map: YAMLMap, _ key: String, base: HTTPOptions, _ reader: AlertmanagerReader
    ) -> HTTPOptions {
        var options = base
        map.section(key) { section in
            section.section("basic_auth") { auth in
                options.user = auth.value("username").flatMap { reader.text($0) } ?? ""
                options.password = reader.secret(auth, "password")
            }
            section.section("authorization") { auth in
                if let type = auth.value("type").flatMap({ reader.text($0) }) { options.authorizationType = type }
                options.credentials = reader.secret(auth, "credentials")
            }
            if let token = reader.secret(section, "bearer_token") { options.credentials = token }
            options.route.proxyURL = section.value("proxy_url").flatMap { reader.text($0) }
            if let follows = section.value("follow_redirects")?.flag { options.route.followsRedirects = follows }
            section.section("tls_config") { applyTLS($0, to: &options.route.tls, reader) }
            section.section("http_headers") { headers in
                for name in headers.keys {
                    guard let header = headers.presentValue(name)?.map else { continue }
                    if let value = header.value("values")?.texts?.first ?? header.value("secrets")?.texts?.first {
                        options.headers[name] = .text(value)
                    }
                }
            }
            section.ignore([
                IgnoredKey("enable_http2", "has no effect: HTTP/2 is used where the other side offers it"),
                IgnoredKey("oauth2", .warning, "not applied: requests carry no OAuth token"),
                IgnoredKey("no_proxy", .warning, "not applied"),
                IgnoredKey("proxy_from_environment", .warning, "not applied; write proxy_url"),
                IgnoredKey("proxy_connect_header", .warning, "not applied"),
            ])
        }
        return options
    }

    static func applyTLS(_ map: YAMLMap, to tls: inout TLSOptions, _ reader: AlertmanagerReader) {
        tls.authorityFile = map.value("ca_file").flatMap { reader.text($0) }
        tls.certificateFile = map.value("cert_file").flatMap { reader.text($0) }
        tls.keyFile = map.value("key_file").flatMap { reader.text($0) }
        tls.serverName = map.value("server_name").flatMap { reader.text($0) }
        if let skips = map.value("insecure_skip_verify")?.flag { tls.skipsVerification = skips }
        map.ignore([
            IgnoredKey("min_version", "has no effect: TLS 1.2 is the least"),
            IgnoredKey("max_version", "has no effect"),
            IgnoredKey("ca", .warning, "not applied; write ca_file"),
            IgnoredKey("cert", .warning, "not applied; write cert_file"),
            IgnoredKey("key", .warning, "not applied; write key_file"),
        ])
    }
}
