import Testing
import WeirAgent
import WeirConfig
import WeirModel

@Suite struct AgentFileTests {
    private func read(_ text: String) -> AgentFile { AgentFile.read(text, file: "promtail.yaml") }

    @Test func `receivers, the spool and what a client needs to connect are read`() throws {
        let file = read(
            """
            clients:
              - url: https://loki:3100/loki/api/v1/push
                compression: gzip
                proxy_url: http://proxy:3128
                bearer_token_file: /run/token
                tls_config: {ca_file: /ca.pem, cert_file: /c.pem, key_file: /c.key, server_name: loki.example}
            spool: {max_bytes: 1MB, max_age: 1h, when_full: drop_oldest}
            scrape_configs:
              - job_name: s
                syslog: {listen_address: ":1514", listen_protocol: udp, syslog_format: rfc3164, labels: {job: s}}
              - job_name: p
                loki_push_api: {server: {http_listen_port: 3500}, use_incoming_timestamp: true}
              - job_name: j
                journal: {max_age: 12h, matches: "_TRANSPORT=kernel PRIORITY=3", json: true}
              - job_name: k
                kubernetes_sd_configs: [{role: pod}]
                pipeline_stages: [{cri: {}}]
            """)
        #expect(file.isUsable)
        let client = try #require(file.agent.clients.first)
        #expect(client.compression == .gzip && client.proxyURL == "http://proxy:3128")
        #expect(client.authorization == .bearerFile(path: "/run/token"))
        #expect(client.tls?.serverName == "loki.example" && client.tls?.keyFile == "/c.key")
        #expect(file.agent.spool.overflow == .dropOldest && file.agent.spool.ageMax == .seconds(3600))
        let scrapes = file.agent.scrapes
        guard case .syslog(let syslog)? = scrapes[0].receiver, case .push(let push)? = scrapes[1].receiver,
            case .journal(let journal)? = scrapes[2].receiver
        else {
            Issue.record("the receivers are \(scrapes.map(\.receiver))")
            return
        }
        #expect(syslog.address == "0.0.0.0" && syslog.port == 1514 && syslog.transport == .udp)
        #expect(syslog.format == .rfc3164 && syslog.labels == ["job": "s"])
        #expect(push.port == 3500 && push.usesIncomingTimestamp)
        #expect(journal.matches == ["_TRANSPORT=kernel", "PRIORITY=3"] && journal.keepsWholeEntry)
        #expect(scrapes[3].isPodSource && scrapes[3].targets.count == 1)
    }

    @Test func `a Promtail file loads as it is`() {
        let file = read(
            """
            server:
              http_listen_port: 9080
              grpc_listen_port: 0
            positions:
              filename: /tmp/positions.yaml
            clients:
              - url: http://loki:3100/loki/api/v1/push
            scrape_configs:
              # Docker containers
              - job_name: docker
                static_configs:
                  - targets:
                      - localhost
                    labels:
                      job: docker
                      __path__: /var/lib/docker/containers/*/*-json.log
                pipeline_stages:
                  - json:
                      expressions:
                        output: log
                        stream: stream
                  - output:
                      source: output
                  - labels:
                      stream:
              - job_name: application
                static_configs:
                  - targets:
                      - localhost
                    labels:
                      job: automation-orchestrator
                      __path__: /app/logs/*.log
            """)
        #expect(file.diagnostics.allSatisfy { $0.severity == .note })
        let agent = file.agent
        #expect(agent.server.port == 9080 && agent.positions.filename == "/tmp/positions.yaml")
        #expect(agent.clients.map(\.url) == ["http://loki:3100/loki/api/v1/push"])
        #expect(agent.scrapes.map(\.jobName) == ["docker", "application"])
        #expect(
            agent.scrapes[0].targets == [
                StaticTarget(labels: ["job": "docker", "__path__": "/var/lib/docker/containers/*/*-json.log"])
            ])
        #expect(
            agent.scrapes[0].stages == [
                .json(.init(expressions: ["output": "log", "stream": "stream"])), .output(source: "output"),
                .labels(["stream": nil]),
            ])
    }

    @Test func `every key of a client has its place`() {
        let file = read(
            """
            client:
              url: https://user:p%40ss@logs.example/push
            clients:
              - url: http://a/push
                name: a
                batchwait: 250ms
                batchsize: 2MB
                timeout: 3s
                tenant_id: team
                external_labels: {host: h1, rack: 7}
                headers: {X-Key: secret}
                backoff_config: {min_period: 1s, max_period: 1m, max_retries: 3}
                authorization: {type: Bearer, credentials: token}
            """)
        #expect(file.diagnostics.isEmpty)
        #expect(file.agent.clients.count == 2)
        let (first, second) = (file.agent.clients[0], file.agent.clients[1])
        #expect(first.url == "https://logs.example/push")
        #expect(first.authorization == .basic(user: "user", password: Secret("p%40ss")))
        #expect(second.name == "a" && second.batchWait == .milliseconds(250) && second.batchBytes == 2 << 20)
        #expect(second.timeout == .seconds(3) && second.tenant == "team")
        #expect(second.externalLabels == ["host": "h1", "rack": "7"])
        #expect(second.headers == ["X-Key": Secret("secret")])
        #expect(second.backoff.maximum == .seconds(60) && second.backoff.attemptsBeforeError == 3)
        #expect(second.authorization == .bearer(token: Secret("token")))
    }

    @Test func `every stage is read with its settings`() {
        let file = read(
            """
            scrape_configs:
              - job_name: all
                static_configs: [{labels: {__path__: /x}}]
                pipeline_stages:
                  - cri: {max_partial_lines: 5}
                  - docker: {}
                  - logfmt: {mapping: {level: , ts: time}, source: body}
                  - regex: {expression: '(?P<a>.)'}
                  - timestamp: {source: ts, format: RFC3339, fallback_formats: [Unix], action_on_failure: skip}
                  - static_labels: {a: b}
                  - labeldrop: [filename]
                  - labelallow: [job]
                  - structured_metadata: {trace: }
                  - drop: {source: [a, b], older_than: 24h, longer_than: 8kb, drop_counter_reason: r}
                  - match:
                      selector: '{app="x"} |= "debug"'
                      action: drop
                      stages: [decolorize: ]
                  - multiline: {firstline: '^\\d', max_wait_time: 1s, max_lines: 9}
                  - replace: {expression: 'p=(\\S+)', replace: ''}
                  - tenant: {source: team}
                  - sampling: {rate: 0.25}
                  - limit: {rate: 10, burst: 20, drop: true}
                  - pack: {labels: [pod], ingest_timestamp: false}
                  - template: {source: a, template: x}
                  - geoip: {db: /x.mmdb, source: ip, db_type: city}
                  - eventlogmessage: {source: m, drop_invalid_labels: true}
                  - metrics:
                      seconds:
                        type: Histogram
                        description: How long it took.
                        source: took
                        max_idle_duration: 24h
                        config: {buckets: [1, 0.5]}
                      lines_total: {type: Counter, config: {match_all: true, action: inc}}
            """)
        #expect(file.diagnostics.map(\.severity) == [.warning])
        var timestamp = StageConfiguration.TimestampStage(source: "ts", format: "RFC3339")
        timestamp.fallbackFormats = ["Unix"]
        timestamp.fudgesOnFailure = false
        var drop = StageConfiguration.Drop()
        drop.sources = ["a", "b"]
        drop.olderThan = .seconds(86_400)
        drop.longerThan = 8192
        drop.reason = "r"
        var match = StageConfiguration.Match(selector: #"{app="x"} |= "debug""#)
        match.stages = [.decolorize]
        match.drops = true
        var multiline = StageConfiguration.Multiline(firstLine: #"^\d"#)
        multiline.waitMax = .seconds(1)
        multiline.linesMax = 9
        var limit = StageConfiguration.Limit(rate: 10, burst: 20)
        limit.drops = true
        var message = StageConfiguration.EventLogMessage()
        (message.source, message.dropsInvalidNames) = ("m", true)
        var seconds = StageConfiguration.Metric(name: "seconds", kind: .histogram, action: .observe)
        (seconds.help, seconds.source, seconds.buckets) = ("How long it took.", "took", [0.5, 1])
        seconds.idleMax = .seconds(86_400)
        var lines = StageConfiguration.Metric(name: "lines_total", kind: .counter, action: .increase)
        lines.matchesAll = true
        var cri = StageConfiguration.CRI()
        cri.partialLinesMax = 5
        #expect(
            file.agent.scrapes.first?.stages == [
                .cri(cri), .docker, .logfmt(.init(mapping: ["level": nil, "ts": "time"], source: "body")),
                .regex(expression: "(?P<a>.)", source: nil), .timestamp(timestamp), .staticLabels(["a": "b"]),
                .labelDrop(["filename"]), .labelAllow(["job"]), .structuredMetadata(["trace": nil]), .drop(drop),
                .match(match), .multiline(multiline),
                .replace(expression: #"p=(\S+)"#, source: nil, replacement: ""), .tenant(.source("team")),
                .sampling(rate: 0.25), .limit(limit),
                .pack(labels: ["pod"], usesReadTime: false), .template(source: "a", template: "x"),
                .unsupported(name: "geoip"), .eventLogMessage(message), .metrics([seconds, lines]),
            ])
    }

    @Test func `a misspelt stage is an error that names the right one`() {
        let file = read("scrape_configs:\n  - job_name: a\n    pipeline_stages:\n      - jsn: {}\n")
        #expect(!file.isUsable)
        #expect(
            file.diagnostics.map(\.description) == [
                "promtail.yaml:4:14: error: scrape_configs[0].pipeline_stages[0].jsn: there is no stage of this name; "
                    + "write json"
            ])
    }

    @Test(
        arguments: [
            ("regex: {expression: '('}", "missing )"),
            ("timestamp: {source: t, format: rfc3339}", "is written RFC3339"),
            ("timestamp: {source: t, format: RFC3339, location: Mars/Base}", "no time zone of this machine"),
            ("limit: {rate: 1}", "burst above 0"), ("json: {expressions: {a: 'b['}}", "no JMESPath"),
            ("template: {source: a, template: '{{ frob }}'}", "frob"), ("sampling: {rate: 2}", "0...1"),
            ("limit: {rate: 1, burst: 1, by_label_name: app}", "drop: true"),
        ])
    func `a stage that cannot run is an error with its reason`(stage: String, reason: String) {
        let file = read("scrape_configs: [{job_name: a, pipeline_stages: [{\(stage)}]}]")
        #expect(!file.isUsable)
        #expect(file.diagnostics.contains { $0.message.contains(reason) }, "\(file.diagnostics)")
    }

    @Test func `Docker's discovery becomes following its files`() {
        let file = read(
            """
            scrape_configs:
              - job_name: containers
                docker_sd_configs: [{host: unix:///var/run/docker.sock}]
                relabel_configs:
                  - {source_labels: [__meta_docker_container_name], regex: '/(.*)', target_label: container}
                  - {action: labeldrop, regex: tmp}
                pipeline_stages: [decolorize: ]
            """)
        #expect(file.diagnostics.map(\.severity) == [.note])
        #expect(file.agent.scrapes.isEmpty)
        #expect(file.agent.docker?.labels == ["job": "containers"])
        #expect(file.agent.docker?.stages == [.decolorize])
        #expect(file.agent.docker?.relabelRules.map(\.action) == [.replace, .labeldrop])
        #expect(file.agent.docker?.relabelRules.first?.regex == "/(.*)")
    }

    @Test func `variables are put in where the file asks for them`() {
        let environment = ["HOST": "h1", "EMPTY": ""]
        #expect(
            EnvironmentExpansion.expand("a ${HOST} ${NONE}b ${EMPTY:-c${HOST}} $HOST $1 \\\\d", environment)
                == "a h1 b ch1 $HOST $1 \\d")
        #expect(EnvironmentExpansion.expand("${unclosed", environment) == "${unclosed")
        let text = "clients: [{url: 'http://${HOST}:${PORT:-3100}/'}]"
        let file = AgentFile.read(text, file: "x", environment: environment)
        #expect(file.agent.clients.map(\.url) == ["http://h1:3100/"])
    }

    @Test(
        arguments: [
            ("1h30m", 5_400_000_000_000), ("0", 0), ("250ms", 250_000_000), ("1.5s", 1_500_000_000),
            ("1w", 604_800_000_000_000),
            ("-5s", -5_000_000_000), ("", nil), ("5", nil), ("s", nil), ("5 s", nil), ("1..2s", nil), ("9999y", nil),
        ] as [(String, Int64?)])
    func `durations are Go's and Prometheus'`(text: String, nanoseconds: Int64?) {
        #expect(DurationText.nanoseconds(text) == nanoseconds)
    }

    @Test(
        arguments: [
            ("256KB", 262_144), ("4MiB", 4 << 20), ("1.5kb", 1536), ("7", 7), ("1 GB", 1 << 30), ("KB", nil),
            ("-1", nil),
            ("999999999999TB", nil),
        ] as [(String, Int?)])
    func `sizes are powers of 1024`(text: String, bytes: Int?) {
        #expect(ByteSizeText.bytes(text) == bytes)
    }
}
