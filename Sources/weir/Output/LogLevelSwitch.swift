internal import Logging
internal import Synchronization
internal import WeirAPI

/// The level of a program's log, which can be changed while it runs.
final class LogLevelSwitch: Sendable {
    private let state: Mutex<Logger.Level>

    init(_ level: Logger.Level) {
        state = Mutex(level)
    }

    /// The level now.
    var level: Logger.Level {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// The switch by Loki's names, for `/log_level`.
    var control: LogLevelControl {
        LogLevelControl(
            get: { LogLevel.allCases.last { $0.loggerLevel <= self.level } ?? .debug },
            set: { self.level = $0.loggerLevel })
    }
}
