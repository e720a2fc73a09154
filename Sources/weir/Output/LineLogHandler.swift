internal import Logging
internal import WeirModel
internal import WeirSystem

/// Log lines of the program itself: `2026-03-10T10:59:54.371Z info listening address=127.0.0.1:3100`, to standard error.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    /// A logger that writes lines of this level and above.
    static func logger(level: Logger.Level) -> Logger {
        Logger(label: "weir") { _ in LineLogHandler(logLevel: level) }
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
