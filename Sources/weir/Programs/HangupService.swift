internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Takes a hangup as a wish to read rules again. It never ends the program: closing the terminal must not stop collecting.
struct HangupService: Service {
    let logger: Logger
    /// Reads again what can be read again.
    let reload: @Sendable () async -> Void

    func run() async throws {
        let hangups = await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown()
        for await _ in hangups {
            logger.info(
                "hangup: rules and alertmanager.yml are read again; other changes of the configuration need a restart")
            await reload()
        }
    }
}
