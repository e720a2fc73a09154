internal import Logging
internal import WeirModel
internal import WeirSystem

/// Log lines of the program itself: `2026-03-10T10:59:54.371Z info listening address=127.0.0.1:3100`, to standard error.
struct LineLogHandler: LogHandler {
    /// The level that is shared by the program's loggers, unless this one was given its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? shared.level }
        set { ownLevel = newValue }
    }

    private let shared: LogLevelSwitch
    private var ownLevel: Logger.Level?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    private init(shared: LogLevelSwitch) {
        self.shared = shared
    }

    /// A logger that writes lines of this level and above.
    static func logger(level: Logger.Level) -> Logger {
        logger(level: LogLevelSwitch(level))
    }

    /// A logger that writes lines of the switch's level and above, whatever that is at the time.
    static func logger(level: LogLevelSwitch) -> Logger {
        Logger(label: "weir") { _ in LineLogHandler(shared: level) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = CivilTime(nanoseconds: SystemClock().now()).milliseconds
        line += " \(event.level) \(event.message)"
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            let text = "\(value)"
            let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7f }
            line += " \(name)=\(isPlain ? text : QuotedText.quote(text))"
        }
        // With standard error gone there is nobody left to tell.
        try? StandardStream.error.writeLine(line)
    }
}
