internal import ArgumentParser
internal import FoundationEssentials
internal import WeirConfig
internal import WeirSystem

/// The configuration file of a program, in Loki's and Promtail's spelling with one dash or two.
struct ConfigurationFlags: ParsableArguments {
    @Option(
        name: [.customLong("config.file"), .customLong("config.file", withSingleDash: true)],
        help: "The configuration file.")
    var path: String?

    @Option(
        name: [.customLong("config.expand-env"), .customLong("config.expand-env", withSingleDash: true)],
        help: "Whether ${NAME} in the file stands for a variable of the environment: true or false.")
    var expandsEnvironment: Bool = false

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help:
            "Any key of the file, as section.key=value; may be repeated, and wins over $WEIR__SECTION__KEY and the file."
    )
    var set: [String] = []

    /// Keys that are set from outside, the last to win.
    var settings: [Setting] {
        Setting.all(in: ProcessInfo.processInfo.environment) + set.compactMap { Setting(argument: $0) }
    }

    func validate() throws {
        for text in set where Setting(argument: text) == nil {
            throw ValidationError("--set \(text): write section.key=value")
        }
    }

    /// What variables stand for; nil when they are not replaced.
    var environment: [String: String]? {
        expandsEnvironment ? ProcessInfo.processInfo.environment : nil
    }

    /// The file's text; empty without a file.
    func text() throws -> String {
        guard let path else { return "" }
        return String(decoding: try PosixFileSystem().contents(of: path), as: UTF8.self)
    }

    /// Reads the limits of single tenants from the file that a configuration names; it may come while the server runs.
    func readOverrides(of file: inout ServeFile) throws {
        guard let path = file.overridesFile, try PosixFileSystem().status(path) != nil else { return }
        file.applyOverrides(String(decoding: try PosixFileSystem().contents(of: path), as: UTF8.self), file: path)
    }

    /// Prints what there is to say about a file, a line each on standard error.
    ///
    /// - Parameter showsNotes: whether remarks without consequence are printed too.
    /// - Throws: `ExitCode` 1 when the file must not be used.
    func report(_ diagnostics: [Diagnostic], showsNotes: Bool) throws {
        for diagnostic in diagnostics where showsNotes || diagnostic.severity != .note {
            try StandardStream.error.writeLine("\(diagnostic)")
        }
        if diagnostics.contains(where: { $0.severity == .error }) { throw ExitCode.failure }
    }
}
