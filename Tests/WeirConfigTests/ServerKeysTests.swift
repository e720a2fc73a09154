import LogQL
import Testing
import WeirAPI
import WeirConfig
import WeirStore

@Suite struct ServerKeysTests {
    private let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func `tokens are read, and a broken one is an error`() {
        let file = ServeFile.read(
            "security: {tokens: [{name: bob, scopes: [push, read], tenants: [a], sha256: \(hash)}]}", file: "f")
        #expect(file.diagnostics.isEmpty)
        #expect(file.tokens.map(\.name) == ["bob"] && file.tokens[0].scopes == [.push, .read])
        for bad in [
            "name: b, scopes: [push], sha256: abc", "scopes: [push], sha256: \(hash)",
            "name: b, scopes: [psh], sha256: \(hash)",
        ] {
            #expect(!ServeFile.read("security: {tokens: [{\(bad)}]}", file: "f").isUsable)
        }
    }

    @Test func `TLS needs both files`() {
        let file = ServeFile.read(
            "server: {http_tls_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert, "
                + "client_ca_file: c}, tls_min_version: VersionTLS13}", file: "f")
        #expect(file.diagnostics.isEmpty)
        #expect(file.server.tls?.clientAuthentication == .required && file.server.tls?.requiresTLS13 == true)
        #expect(!ServeFile.read("server: {http_tls_config: {cert_file: a}}", file: "f").isUsable)
    }

    @Test func `limits of single tenants start from the server's`() {
        let server = ServeFile.read("limits_config: {max_line_size: 1KB, max_query_series: 9}", file: "f")
        let runtime = RuntimeFile.read(
            "overrides:\n  a: {max_line_size: 2KB, ingestion_rate_mb: 1.5}\n  b: {max_query_series: 3}\n", file: "r",
            over: server)
        #expect(runtime.diagnostics.isEmpty)
        #expect(runtime.overrides["a"]?.push.lineBytesMax == 2048 && runtime.overrides["a"]?.query.seriesMax == 9)
        #expect(runtime.overrides["a"]?.push.bytesPerSecond == 1_572_864)
        #expect(runtime.overrides["b"]?.push.lineBytesMax == 1024 && runtime.overrides["b"]?.query.seriesMax == 3)
        #expect(!RuntimeFile.read("overrides: {a: {max_query_series: many}}", file: "r", over: server).isUsable)
    }

    @Test func `queues, caches and OpenTelemetry's attributes are Loki's keys`() {
        let file = ServeFile.read(
            """
            querier: {max_concurrent: 3}
            query_scheduler: {max_outstanding_requests_per_tenant: 7}
            query_range: {cache_results: true, results_cache: {cache: {embedded_cache: {enabled: true, max_size_mb: 5}}}}
            frontend: {log_queries_longer_than: 3s}
            runtime_config: {file: /etc/weir/runtime.yaml, period: 5s}
            limits_config:
              max_cache_freshness_per_query: 1m
              otlp_config:
                resource_attributes:
                  ignore_defaults: true
                  attributes_config: [{action: index_label, attributes: [team], regex: "k8s.*"}]
                log_attributes: [{action: drop, attributes: [secret]}]
                severity_text_as_label: true
            """, file: "f")
        #expect(file.diagnostics.isEmpty, "\(file.diagnostics)")
        #expect(file.desk.runningMax == 3 && file.desk.waitingMax == 7 && file.desk.cachesResults)
        #expect(file.desk.cacheBytesMax == 5 << 20 && file.desk.freshnessNanoseconds == 60_000_000_000)
        #expect(file.server.slowQuery == .seconds(3) && file.overridesFile == "/etc/weir/runtime.yaml")
        #expect(file.push.otlp.ignoresDefaults && file.push.otlp.makesSeverityLabel)
        #expect(file.push.otlp.resource.count == 1 && file.push.otlp.record.first?.action == .drop)
    }

    @Test func `any key can be set from outside, and wins over the file`() {
        let settings =
            Setting.all(in: ["WEIR__SERVER__HTTP_LISTEN_PORT": "1", "HOME": "/", "WEIR__STORE__HEAD_SIZE": "5MB"])
            + [
                Setting(argument: "server.http_listen_port=2"),
                Setting(argument: "limits_config.discover_service_name=[a, b]"),
            ]
            .compactMap { $0 }
        let file = ServeFile.read("server: {http_listen_port: 3, log_level: warn}", file: "f", settings: settings)
        #expect(file.diagnostics.isEmpty)
        #expect(file.server.port == 2 && file.server.logLevel == .warn && file.store.headBytesMax == 5 << 20)
        #expect(file.push.serviceNameLabels == ["a", "b"])
        #expect(ServeFile.read("", file: "f", settings: settings).server.port == 2)
        let wrong = [Setting(path: ["server", "http_listen_prot"], value: "1", origin: "--set")]
        #expect(
            ServeFile.read("", file: "f", settings: wrong).diagnostics.map(\.keyPath) == ["server.http_listen_prot"])
        #expect(Setting(argument: "a") == nil && Setting(argument: "a..b=1") == nil)
    }

    @Test func `every key of a file has a fate`() {
        let text = """
            server: {http_listen_port: 3100, grpc_listen_port: 9096}
            schema_config:
              configs:
                - {from: 2020-10-24, store: tsdb}
            limits_config: {max_line_size: 1KB, max_query_lookback: 30d, max_lin_size: 1}
            """
        let keys = KeyMapping.all(of: text, ServeFile.read(text, file: "f").diagnostics)
        #expect(
            keys.map { "\($0.path) \($0.fate.rawValue)" } == [
                "server.http_listen_port applied", "server.grpc_listen_port ignored",
                "schema_config.configs[0].from ignored", "schema_config.configs[0].store ignored",
                "limits_config.max_line_size applied", "limits_config.max_query_lookback warning",
                "limits_config.max_lin_size warning",
            ])
    }

    @Test func `profiles hold what a command needs`() {
        let file = ProfileFile.read(
            "default: {addr: a}\nprod: {addr: \"https://x\", token_file: t, org_id: o}\n", file: "p")
        #expect(file.diagnostics.isEmpty)
        #expect(file.profiles["prod"]?.tokenPath == "t" && file.profiles["default"]?.address == "a")
    }
}
