internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// What a hangup does: reads the rules and the certificate again. It never ends the program: closing the terminal must not
/// stop collecting.
struct HangupService: Service {
    /// The server's certificate; nil for plain HTTP.
    var tls: TLSListener?
    let logger: Logger
    /// Reads again what can be read again.
    let reload: @Sendable () async -> Void

    func run() async throws {
        let hangups = await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown()
        for await _ in hangups {
            logger.info("hangup: rules, alertmanager.yml and certificates are read again; other changes need a restart")
            await reload()
            do {
                try tls?.reload()
            } catch {
                logger.error("the certificate stays as it was", metadata: ["error": "\(error)"])
            }
        }
    }
}
