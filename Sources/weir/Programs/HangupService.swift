internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Keeps a hangup from ending the program: closing the terminal, or a reload out of habit, must not stop collecting.
struct HangupService: Service {
    let logger: Logger

    func run() async throws {
        let hangups = await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown()
        for await _ in hangups {
            logger.info("hangup ignored: the configuration is read at start, restart to apply changes")
        }
    }
}
