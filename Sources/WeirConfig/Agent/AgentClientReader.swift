internal import WeirAgent
internal import WeirModel

/// Reads one element of `clients`.
enum AgentClientReader {
    static func read(_ value: YAMLValue) -> ClientConfiguration? {
        guard let map = value.map else { return nil }
        defer { map.finish() }
        guard let url = map.value("url")?.text, !url.isEmpty else {
            value.remark(.error, "the client has no url", replacement: "url: http://localhost:3100/loki/api/v1/push")
            return nil
        }
        var client = ClientConfiguration(url: url)
        if let name = map.value("name")?.text { client.name = name }
        if let wait = map.value("batchwait")?.duration { client.batchWait = wait }
        if let bytes = map.value("batchsize")?.byteSize { client.batchBytes = bytes }
        if let timeout = map.value("timeout")?.duration { client.timeout = timeout }
        if let tenant = map.value("tenant_id")?.text { client.tenant = tenant }
        if let pairs = map.textPairs("external_labels") {
            client.externalLabels = LabelSet(pairs.map { Label($0.name, $0.value) })
        }
        for pair in map.textPairs("headers") ?? [] { client.headers[pair.name] = Secret(pair.value) }
        map.section("backoff_config") { section in
            if let least = section.value("min_period")?.duration { client.backoff.minimum = least }
            if let most = section.value("max_period")?.duration { client.backoff.maximum = most }
            if let count = section.integer("max_retries", in: 0...Int.max) {
                client.backoff.attemptsBeforeError = count
            }
        }
        map.section("tls_config") { client.tls = TLSReader.read($0) }
        if let proxy = map.value("proxy_url")?.text { client.proxyURL = proxy }
        if let compression = map.choice("compression", ClientConfiguration.Compression.self) {
            client.compression = compression
        }
        takeCredentials(outOf: &client.url, into: &client.authorization)
        readAuthorization(map, into: &client.authorization)
        map.ignore(PromtailKeys.client)
        return client
    }

    /// `http://user:password@host/` becomes `http://host/` and basic authorization.
    private static func takeCredentials(
        outOf url: inout String, into authorization: inout ClientConfiguration.Authorization
    ) {
        guard let scheme = url.firstRange(of: "://") else { return }
        let host = url[scheme.upperBound...].prefix { $0 != "/" }
        guard let sign = host.lastIndex(of: "@") else { return }
        let parts = host[..<sign].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        authorization = .basic(user: String(parts[0]), password: Secret(parts.count > 1 ? String(parts[1]) : ""))
        url.removeSubrange(host.startIndex...sign)
    }

    private static func readAuthorization(
        _ map: YAMLMap, into authorization: inout ClientConfiguration.Authorization
    ) {
        map.section("basic_auth") { section in
            let user = section.value("username")?.text ?? ""
            authorization = .basic(user: user, password: Secret(section.value("password")?.text ?? ""))
            if let path = section.value("password_file")?.text { authorization = .basicFile(user: user, path: path) }
        }
        if let path = map.value("bearer_token_file")?.text { authorization = .bearerFile(path: path) }
        if let token = map.value("bearer_token")?.text { authorization = .bearer(token: Secret(token)) }
        map.section("authorization") { section in
            if let kind = section.value("type"), kind.text?.lowercased() != "bearer" {
                kind.remark(.error, "only Bearer is known here", replacement: "type: Bearer")
            }
            if let token = section.value("credentials")?.text { authorization = .bearer(token: Secret(token)) }
            if let path = section.value("credentials_file")?.text { authorization = .bearerFile(path: path) }
        }
    }
}
