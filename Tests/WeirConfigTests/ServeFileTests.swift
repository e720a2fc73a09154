import LogQL
import Testing
import WeirAPI
import WeirConfig
import WeirModel
import WeirStore

@Suite struct ServeFileTests {
    private func read(_ text: String) -> ServeFile { ServeFile.read(text, file: "weir.yaml") }

    @Test func `an empty file gives the defaults without a remark`() {
        for text in ["", "# nothing\n", "server:\n", "{}"] {
            let file = read(text)
            #expect(file.diagnostics.isEmpty)
            #expect(file.server == ServerConfiguration())
            #expect(file.store.folder == "./data")
        }
    }

    @Test func `Loki's names reach the places they mean`() {
        let file = read(
            """
            auth_enabled: true
            server: {http_listen_address: 0.0.0.0, http_listen_port: 3120, log_level: error}
            common: {path_prefix: /srv/weir}
            limits_config:
              reject_old_samples: false
              reject_old_samples_max_age: 30d1h
              creation_grace_period: 1h30m
              max_line_size: 512KB
              max_label_names_per_series: 30
              max_entries_limit_per_query: 100000
              max_query_length: 0
              max_query_series: 7
              query_timeout: 5m
              max_query_memory: 256MB
              logql_extensions: true
              discover_service_name: []
            wal: {sync: interval, sync_interval: 250ms}
            store: {head_size: 32MB, head_max_age: 1m, wal_size: 64MB, min_free_disk: 1GB}
            """)
        #expect(file.diagnostics.isEmpty)
        #expect(file.server.address == "0.0.0.0" && file.server.port == 3120 && file.server.logLevel == .error)
        #expect(file.server.requiresTenant)
        #expect(file.store.folder == "/srv/weir" && file.store.walSync == .interval)
        #expect(file.store.walSyncInterval == .milliseconds(250) && file.store.headBytesMax == 32 << 20)
        #expect(file.store.headAgeMax == .seconds(60) && file.store.walBytesMax == 64 << 20)
        #expect(file.store.freeDiskBytesMin == 1 << 30)
        #expect(!file.push.rejectsOld && file.push.lineBytesMax == 512 << 10 && file.push.labelsMax == 30)
        #expect(file.push.ageNanosecondsMax == (30 * 24 + 1) * 3_600_000_000_000)
        #expect(file.push.graceNanoseconds == 5_400_000_000_000 && file.push.serviceNameLabels.isEmpty)
        #expect(file.query.entriesMax == 100_000 && file.query.lengthNanosecondsMax == 0)
        #expect(file.query.seriesMax == 7 && file.query.timeoutNanoseconds == 300_000_000_000)
        #expect(file.query.memoryBytesMax == 256 << 20 && file.query.dialect == .weir)
    }

    @Test func `a Loki file of 2020 loads, and says what it does not do`() {
        let file = read(Self.oldLokiFile)
        #expect(file.isUsable)
        #expect(file.store.folder == "/loki")
        #expect(file.push.ageNanosecondsMax == 168 * 3_600_000_000_000)
        let paths = Set(file.diagnostics.map(\.keyPath))
        #expect(paths.isSuperset(of: ["ingester.max_chunk_age", "schema_config", "limits_config.enforce_metric_name"]))
        #expect(file.diagnostics.contains { $0.keyPath == "table_manager" && $0.severity == .warning })
        #expect(!file.diagnostics.contains { $0.message.contains("unknown key") })
    }

    @Test func `retention takes Loki's keys where the compactor enforces them, and our own`() throws {
        let loki = read(
            """
            compactor: {working_directory: /loki, retention_enabled: true, delete_request_store: filesystem}
            limits_config:
              retention_period: 744h
              retention_stream:
                - {selector: '{namespace="dev"}', priority: 1, period: 24h}
                - {selector: '{namespace=~"prod.*"}', period: 0}
              deletion_mode: filter-and-delete
            overrides:
              loud: {retention_period: 2h, retention_stream: [{selector: '{a="b"}', priority: 5, period: 1h}]}
            max_disk: 50GB
            """)
        #expect(loki.diagnostics.filter { $0.severity != .note } == [])
        let retention = loki.store.retention
        #expect(retention.period == .seconds(744 * 3600) && retention.bytesMax == 50 << 30 && loki.allowsDeletes)
        #expect(retention.rules.map(\.period) == [.seconds(86_400), nil, .seconds(7200), .seconds(3600)])
        #expect(retention.rules.map(\.priority) == [1, 0, .min, 5])
        #expect(retention.rules.map { $0.tenant?.name } == [nil, nil, "loud", "loud"])
        #expect(try retention.rules[0].matchers == [Matcher("namespace", .equal, "dev")])

        let off = read("limits_config: {retention_period: 24h, deletion_mode: disabled}")
        #expect(off.store.retention.period == nil && !off.allowsDeletes)
        #expect(off.diagnostics.map(\.keyPath) == ["limits_config.retention_period"])
        #expect(off.diagnostics.first?.replacement == "compactor: {retention_enabled: true}")

        #expect(read("retention: 90d").store.retention.period == .seconds(90 * 86_400))
        let seed = read("retention: {prometheus_retention: 30d, loki_retention: 7d, jaeger_retention: 3d}")
        #expect(seed.store.retention.period == .seconds(7 * 86_400))
        #expect(seed.diagnostics.allSatisfy { $0.severity == .note })
        #expect(seed.diagnostics.count == 2)
        let both = read(
            "compactor: {retention_enabled: true}\nlimits_config: {retention_period: 24h}\nretention: 48h")
        #expect(both.store.retention.period == .seconds(48 * 3600))
        #expect(both.diagnostics.contains { $0.keyPath == "retention" && $0.message.hasPrefix("wins over") })
        for bad in [
            "retention: -1h", "retention: soon", "retention: {streams: [{selector: '{', period: 1h}]}",
            "retention: {streams: [{period: 1h}]}",
        ] { #expect(!read(bad).isUsable, "\(bad)") }
    }

    @Test func `a file of overrides adds what single tenants have`() {
        var file = read(
            "compactor: {retention_enabled: true}\nruntime_config: {file: /etc/overrides.yaml, period: 10s}")
        #expect(file.overridesFile == "/etc/overrides.yaml")
        file.applyOverrides(
            "overrides:\n  a: {retention_period: 48h, ingestion_rate_mb: 10}\n", file: "/etc/overrides.yaml")
        #expect(file.store.retention.rules.map { $0.tenant?.name } == ["a"])
        #expect(file.diagnostics.contains { $0.keyPath == "overrides.a.ingestion_rate_mb" && $0.severity == .warning })
    }

    @Test func `an unknown key is a warning that names the nearest one and its place`() {
        let file = read("server:\n  http_listen_prot: 3101\nlimits_confg:\n  a: 1\n")
        #expect(file.isUsable)
        #expect(
            file.diagnostics.map(\.description) == [
                "weir.yaml:2:3: warning: server.http_listen_prot: unknown key, ignored; write http_listen_port",
                "weir.yaml:3:1: warning: limits_confg: unknown key, ignored; write limits_config",
            ])
        #expect(file.server.port == 3100)
    }

    @Test(arguments: [
        ("server: {http_listen_port: many}", "1:28", "expected a whole number, found \"many\""),
        ("server: {http_listen_port: 70000}", "1:28", "70000 is not in 0...65535"),
        ("server: [1]", "1:9", "expected a map of keys, found a list"),
        (
            "server:\n  log_level: inof\n", "2:14",
            "expected one of debug, info, warn, error, found \"inof\"; write info"
        ),
        (
            "limits_config:\n  query_timeout: 60\n", "2:18",
            "expected a duration such as 30s, 168h or 30d, found \"60\"; write 60s"
        ),
        ("limits_config: {max_line_size: 1 cow}", "1:32", "expected a size such as 256KB or 4MB, found \"1 cow\""),
        ("limits_config: {reject_old_samples: perhaps}", "1:37", "expected true or false, found \"perhaps\""),
        ("server:\n\tport: 1\n", "2:1", "not YAML"),
        ("a: 1\na: 2\n", "1:1", "the same key stands twice in one map: a"),
        ("just a text", "1:1", "expected a map of keys, found \"just a text\""),
    ])
    func `a value that cannot be used is an error with its place`(text: String, place: String, message: String) {
        let file = read(text)
        #expect(!file.isUsable)
        #expect(file.diagnostics.count == 1)
        let remark = file.diagnostics.first?.description ?? ""
        #expect(remark.hasPrefix("weir.yaml:\(place): error: "), "\(remark)")
        #expect(remark.contains(message), "\(remark)")
    }

    @Test func `a WAL that Loki would not have is kept without syncs`() {
        let file = read("ingester: {wal: {enabled: false, dir: /x}}")
        #expect(file.store.walSync == .off)
        #expect(file.diagnostics.map(\.severity) == [.warning, .note])
    }

    private static let oldLokiFile = """
        auth_enabled: false

        ingester:
          chunk_idle_period: 3m
          chunk_retain_period: 1m
          max_chunk_age: 1h
          max_streams_per_user: 10000

        limits_config:
          enforce_metric_name: false
          reject_old_samples: true
          reject_old_samples_max_age: 168h

        schema_config:
          configs:
            - from: 2020-10-24
              store: boltdb-shipper
              object_store: filesystem
              schema:
                version: v11
              index:
                prefix: index_
                period: 24h

        server:
          http_listen_port: 3100

        storage_config:
          boltdb_shipper:
            active_index_directory: /loki/boltdb-shipper-active
            cache_location: /loki/boltdb-shipper-cache
            shared_store: filesystem
          filesystem:
            directory: /loki/chunks

        chunk_store_config:
          max_look_back_period: 0s

        table_manager:
          retention_deletes_enabled: false
          retention_period: 0s
        """
}
