internal import Logging
internal import WeirAPI
internal import WeirBytes
internal import WeirModel
internal import WeirSystem

/// Log lines of the program itself, to standard error: `2026-03-10T10:59:54.371Z info listening address=127.0.0.1:3100`,
/// or the same as JSON.
struct LineLogHandler: LogHandler {
    /// The level that is shared by the program's loggers, unless this one was given its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? shared.level }
        set { ownLevel = newValue }
    }

    private let shared: LogLevelSwitch
    private let output: LogOutput
    private var ownLevel: Logger.Level?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    private init(shared: LogLevelSwitch, output: LogOutput) {
        self.shared = shared
        self.output = output
    }

    /// A logger that writes lines of this level and above.
    static func logger(level: Logger.Level) -> Logger {
        logger(level: LogLevelSwitch(level))
    }

    /// A logger that writes lines of the switch's level and above, whatever that is at the time.
    static func logger(level: LogLevelSwitch, output: LogOutput = LogOutput()) -> Logger {
        Logger(label: "weir") { _ in LineLogHandler(shared: level, output: output) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: "\($0.value)") }
        let now = SystemClock().now()
        let line =
            switch output.form {
            case .text: Self.text(now, event, fields)
            case .json: Self.json(now, event, fields)
            }
        // With standard error gone there is nobody left to tell.
        try? StandardStream.error.writeLine(line)
        output.keep?(now, event.level, line)
    }

    private static func text(_ now: Int64, _ event: LogEvent, _ fields: [(name: String, value: String)]) -> String {
        var line = CivilTime(nanoseconds: now).milliseconds + " \(event.level) \(event.message)"
        for (name, text) in fields {
            let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7f }
            line += " \(name)=\(isPlain ? text : QuotedText.quote(text))"
        }
        return line
    }

    private static func json(_ now: Int64, _ event: LogEvent, _ fields: [(name: String, value: String)]) -> String {
        var json = JSONWriter()
        json.raw(#"{"time":"#)
        json.string(CivilTime(nanoseconds: now).milliseconds)
        json.raw(#","level":"#)
        json.string("\(event.level)")
        json.raw(#","message":"#)
        json.string("\(event.message)")
        for (name, text) in fields where !["time", "level", "message"].contains(name) {
            json.raw(",")
            json.string(name)
            json.raw(":")
            json.string(text)
        }
        json.raw("}")
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// How a program's log lines are written, and who gets them besides standard error.
struct LogOutput: Sendable {
    var form = LogForm.text
    /// Takes an instant in nanoseconds since 1970, a level and the line as it was written.
    var keep: (@Sendable (Int64, Logger.Level, String) -> Void)?
}

/// How a log line is written, by Loki's names.
typealias LogForm = ServerConfiguration.LogForm
