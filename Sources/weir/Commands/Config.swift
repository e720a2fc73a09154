internal import ArgumentParser
internal import FoundationEssentials
internal import WeirConfig
internal import WeirSystem

/// `weir config`: what a configuration file means here.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a configuration file means here.", subcommands: [ConfigCheck.self])
}

/// `weir config check FILE`: each key of a server's file, and what becomes of it.
struct ConfigCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Prints each key of a server's file, Loki's or Weir's, and what becomes of it.",
        discussion: """
            applied: the key does what it says; ignored: it has no meaning here and nothing is lost; warning: it asks for \
            something that is not done; error: the file cannot be used.
            """)

    @Argument(help: "The file; - is standard input.")
    var file: String

    @Flag(help: "Fail on warnings too.")
    var strict = false

    @Flag(name: .customLong("expand-env"), help: "Replace ${NAME} and ${NAME:-text} by variables of the environment.")
    var expandsEnvironment = false

    func run() throws {
        let bytes = try file == "-" ? StandardInput.contents(bytesMax: 16 << 20) : PosixFileSystem().contents(of: file)
        let environment = expandsEnvironment ? ProcessInfo.processInfo.environment : nil
        var text = String(decoding: bytes, as: UTF8.self)
        if let environment { text = EnvironmentExpansion.expand(text, environment) }
        let remarks = RunFile.read(text, file: file).diagnostics
        let keys = KeyMapping.all(of: text, remarks)
        let width = keys.map(\.path.count).max() ?? 0
        for key in keys {
            let pad = String(repeating: " ", count: width - key.path.count)
            let reason = key.reason.isEmpty ? "" : ": \(key.reason)"
            try StandardStream.output.writeLine("\(key.path)\(pad)  \(key.fate.rawValue)\(reason)")
        }
        for remark in remarks where remark.severity != .note { try StandardStream.error.writeLine("\(remark)") }
        let worst: [Diagnostic.Severity] = strict ? [.error, .warning] : [.error]
        if remarks.contains(where: { worst.contains($0.severity) }) { throw ExitCode.failure }
    }
}
