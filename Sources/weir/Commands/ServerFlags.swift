internal import ArgumentParser
internal import WeirAPI
internal import WeirAlerts
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

    @Option(name: .customLong("alerting.config-file"), help: "Alertmanager's configuration file.")
    var alertingFile: String?

    @Option(name: .customLong("alerting.listen"), help: "An extra address that answers as Alertmanager does.")
    var alertingListen: String?

    /// Puts what was given over what the file says.
    func apply(to file: inout ServeFile) {
        if let address { file.server.address = address }
        if let port { file.server.port = port }
        if let logLevel { file.server.logLevel = logLevel }
        if let data { file.store.folder = data }
        if let alertingFile { file.alerting.file = alertingFile }
        if let alertingListen { file.alerting.listen = alertingListen }
    }
}
