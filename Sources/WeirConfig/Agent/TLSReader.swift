internal import WeirAgent

/// Reads `tls_config`, of a client and of a receiver.
enum TLSReader {
    static func read(_ map: YAMLMap) -> TLSConfiguration {
        var tls = TLSConfiguration()
        if let path = map.value("ca_file")?.text { tls.authoritiesFile = path }
        if let path = map.value("cert_file")?.text { tls.certificateFile = path }
        if let path = map.value("key_file")?.text { tls.keyFile = path }
        if let name = map.value("server_name")?.text { tls.serverName = name }
        if let skips = map.value("insecure_skip_verify")?.flag { tls.skipsVerification = skips }
        if tls.certificateFile.isEmpty != tls.keyFile.isEmpty {
            map.remark(.error, key: "cert_file", "a certificate and its key are given together, or neither")
        }
        map.ignore([
            IgnoredKey("min_version", "has no effect: TLS 1.2 is the least"),
            IgnoredKey("max_version", "has no effect"),
        ])
        return tls
    }
}
