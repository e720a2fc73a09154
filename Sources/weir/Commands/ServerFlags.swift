internal import ArgumentParser
internal import WeirAPI
internal import WeirConfig
internal import WeirStore

/// What can be said about a server on the command line, in Loki's spelling; it wins over the file.
struct ServerFlags: ParsableArguments {
    @Option(
        name: [
            .customLong("server.http-listen-address"), .customLong("server.http-listen-address", withSingleDash: true),
        ],
        help: "The address to listen on.")
    var address: String?

    @Option(
        name: [.customLong("server.http-listen-port"), .customLong("server.http-listen-port", withSingleDash: true)],
        help: "The port to listen on; 0 lets the system choose.")
    var port: Int?

    @Option(
        name: [.customLong("log.level"), .customLong("log.level", withSingleDash: true)],
        help: "The least level of the program's own log lines: debug, info, warn or error.")
    var logLevel: LogLevel?

    @Option(help: "The data folder.")
    var data: String?

    @Option(help: "How long lines are kept, such as 7d; 0 keeps them for ever.")
    var retention: RetentionPeriod?

    @Option(
        name: .customLong("max-disk"),
        help: "The most that segments may take, such as 50GB; beyond it the oldest days go.")
    var maxDisk: ByteSize?

    /// Puts what was given over what the file says.
    func apply(to file: inout ServeFile) {
        if let address { file.server.address = address }
        if let port { file.server.port = port }
        if let logLevel { file.server.logLevel = logLevel }
        if let data { file.store.folder = data }
        if let retention { file.store.retention.period = retention.duration }
        if let maxDisk { file.store.retention.bytesMax = maxDisk.bytes }
    }
}

/// A period of retention as it is said on the command line.
struct RetentionPeriod: ExpressibleByArgument {
    /// Nil means for ever.
    let duration: Duration?

    init?(argument: String) {
        guard let nanoseconds = DurationText.nanoseconds(argument), nanoseconds >= 0 else { return nil }
        duration = nanoseconds == 0 ? nil : .nanoseconds(nanoseconds)
    }
}

/// A size as it is said on the command line.
struct ByteSize: ExpressibleByArgument {
    /// Nil means no limit.
    let bytes: Int?

    init?(argument: String) {
        guard let bytes = ByteSizeText.bytes(argument), bytes >= 0 else { return nil }
        self.bytes = bytes == 0 ? nil : bytes
    }
}
