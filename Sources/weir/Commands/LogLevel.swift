public import ArgumentParser
internal import Logging
public import WeirAPI

/// A level of the program's own log, by Loki's names.
typealias LogLevel = ServerConfiguration.LogLevel

extension LogLevel: ExpressibleByArgument {}

extension LogLevel {
    /// The level of a logger.
    var loggerLevel: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        }
    }

    /// Whether remarks without consequence are printed.
    var showsNotes: Bool { loggerLevel <= .info }
}
