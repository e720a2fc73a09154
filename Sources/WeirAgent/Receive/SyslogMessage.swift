public import WeirModel

/// One syslog message, taken apart.
public struct SyslogMessage: Sendable, Hashable {
    /// 0 emergency to 7 debug.
    public var severity = 5
    /// 0 kernel to 23 local7.
    public var facility = 1
    /// When it was written, nanoseconds since 1970 UTC.
    public var timestamp: Int64?
    /// Who wrote it; empty where nothing is said.
    public var host = "", application = "", process = "", kind = ""
    /// The structured data: id, name, value.
    public var data: [DataPair] = []
    /// The text.
    public var text: [UInt8] = []

    /// One value of the structured data.
    public struct DataPair: Sendable, Hashable {
        /// The element's id.
        public var id: String
        /// The parameter's name.
        public var name: String
        /// Its value.
        public var value: String

        /// Creates a pair.
        public init(id: String, name: String, value: String) {
            self.id = id
            self.name = name
            self.value = value
        }
    }

    /// Reads a message; nil when it is not written in the format.
    ///
    /// - Parameter now: the present, which the year of RFC 3164's times is near to.
    public init?(_ bytes: [UInt8], format: SyslogConfiguration.Format, now: Int64) {
        var reader = SyslogReader(bytes)
        guard let priority = reader.priority() else { return nil }
        severity = priority & 7
        facility = priority >> 3
        let isRead =
            switch format {
            case .rfc5424: readNew(&reader)
            case .rfc3164: readOld(&reader, now: now)
            }
        guard isRead else { return nil }
    }

    /// The labels for relabelling, `__syslog_message_*`.
    public func metaLabels(withData: Bool) -> [Label] {
        var labels = [
            Label("__syslog_message_severity", SyslogMessage.severities[severity]),
            Label("__syslog_message_facility", SyslogMessage.facilities[facility]),
        ]
        for (name, value) in [
            ("hostname", host), ("app_name", application), ("proc_id", process), ("msg_id", kind),
        ] where !value.isEmpty {
            labels.append(Label("__syslog_message_" + name, value))
        }
        guard withData else { return labels }
        for pair in data {
            let name = "__syslog_message_sd_" + pair.id + "_" + pair.name
            let safe = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
            if !pair.value.isEmpty { labels.append(Label(safe, pair.value)) }
        }
        return labels
    }

    private mutating func readNew(_ reader: inout SyslogReader) -> Bool {
        guard reader.take("1 "), let time = reader.word(), let host = reader.word(),
            let application = reader.word(), let process = reader.word(), let kind = reader.word()
        else { return false }
        if time != "-" {
            timestamp = Array(time.utf8).withUnsafeBytes { RFC3339Time.parse($0) }
            if timestamp == nil { return false }
        }
        func value(_ text: String) -> String { text == "-" ? "" : text }
        (self.host, self.application) = (value(host), value(application))
        (self.process, self.kind) = (value(process), value(kind))
        guard reader.structuredData(into: &data) else { return false }
        _ = reader.take(" ")
        text = reader.rest
        if text.starts(with: [0xef, 0xbb, 0xbf]) { text.removeFirst(3) }
        return true
    }

    /// Everything behind the time is optional in practice: what cannot be told apart is text.
    private mutating func readOld(_ reader: inout SyslogReader, now: Int64) -> Bool {
        guard let time = reader.oldTime(now: now) else {
            text = reader.rest
            return true
        }
        timestamp = time
        if let host = reader.word() { self.host = host }
        let tag = reader.rest.prefix(48)
        if let colon = tag.firstIndex(of: UInt8(ascii: ":")),
            !tag[..<colon].contains(UInt8(ascii: " "))
        {
            var name = String(decoding: tag[..<colon], as: UTF8.self)
            if name.last == "]", let bracket = name.firstIndex(of: "[") {
                process = String(name[name.index(after: bracket)...].dropLast())
                name = String(name[..<bracket])
            }
            application = name
            reader.skip(colon + 1)
            _ = reader.take(" ")
        }
        text = reader.rest
        return true
    }

    private static let severities = [
        "emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug",
    ]
    private static let facilities =
        [
            "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
            "security", "console", "solaris-cron",
        ] + (0..<8).map { "local\($0)" }
}
