internal import WeirAgent
internal import WeirModel

/// Reads what makes a job receive lines instead of reading files: `syslog`, `loki_push_api`, `journal`.
enum ReceiverReader {
    static func read(_ map: YAMLMap) -> ReceiverConfiguration? {
        var receiver: ReceiverConfiguration?
        map.section("syslog") { receiver = .syslog(syslog($0)) }
        map.section("loki_push_api") { receiver = .push(push($0)) }
        map.section("journal") { receiver = .journal(journal($0)) }
        return receiver
    }

    private static func syslog(_ map: YAMLMap) -> SyslogConfiguration {
        var syslog = SyslogConfiguration()
        if let value = map.value("listen_address"), let text = value.text {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            if let port = parts.last.flatMap({ Int($0) }), (0...65_535).contains(port), parts.count >= 2 {
                let host = parts.dropLast().joined(separator: ":")
                syslog.address = host.isEmpty ? "0.0.0.0" : host
                syslog.port = port
            } else {
                value.remark(.error, "an address and a port are needed", replacement: "listen_address: 0.0.0.0:1514")
            }
        }
        if let transport = map.choice("listen_protocol", SyslogConfiguration.Transport.self) {
            syslog.transport = transport
        }
        if let format = map.choice("syslog_format", SyslogConfiguration.Format.self) { syslog.format = format }
        if let time = map.value("idle_timeout")?.duration { syslog.idleTimeout = time }
        if let flag = map.value("label_structured_data")?.flag { syslog.labelsStructuredData = flag }
        if let flag = map.value("use_incoming_timestamp")?.flag { syslog.usesIncomingTimestamp = flag }
        if let flag = map.value("use_rfc5424_message")?.flag { syslog.keepsWholeMessage = flag }
        if let bytes = map.value("max_message_length")?.byteSize, bytes > 0 { syslog.messageBytesMax = bytes }
        syslog.labels = labels(map)
        map.section("tls_config") { syslog.tls = TLSReader.read($0) }
        return syslog
    }

    private static func push(_ map: YAMLMap) -> PushReceiverConfiguration {
        var push = PushReceiverConfiguration()
        map.section("server") { server in
            if let address = server.value("http_listen_address")?.text { push.address = address }
            if let port = server.integer("http_listen_port", in: 0...65_535) { push.port = port }
            server.ignore(PromtailKeys.server)
        }
        if let flag = map.value("use_incoming_timestamp")?.flag { push.usesIncomingTimestamp = flag }
        push.labels = labels(map)
        return push
    }

    private static func journal(_ map: YAMLMap) -> JournalConfiguration {
        var journal = JournalConfiguration()
        if let flag = map.value("json")?.flag { journal.keepsWholeEntry = flag }
        if let age = map.value("max_age")?.duration { journal.ageMax = age }
        if let path = map.value("path")?.text { journal.path = path }
        if let matches = map.value("matches")?.text { journal.matches = matches.split(separator: " ").map(String.init) }
        journal.labels = labels(map)
        return journal
    }

    private static func labels(_ map: YAMLMap) -> LabelSet {
        LabelSet((map.textPairs("labels") ?? []).map { Label($0.name, $0.value) })
    }
}
