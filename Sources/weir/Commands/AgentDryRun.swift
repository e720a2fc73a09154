internal import ArgumentParser
internal import FoundationEssentials
internal import WeirAgent
internal import WeirConfig
internal import WeirModel
internal import WeirSystem

/// `weir agent dry-run FILE`: what the stages make of each line; nothing is sent and nothing saved.
struct AgentDryRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dry-run", abstract: "Shows what stages make of lines; sends nothing.",
        discussion:
            "Reads the files that the agent would read now, from where it would go on, or lines from standard input.")

    @Argument(help: "The agent's configuration file.")
    var file: String

    @Flag(help: "Take lines from standard input instead of files.")
    var stdin = false

    @Option(help: "With --stdin: the job whose stages the lines go through; the first one when not given.")
    var job: String?

    @Flag(help: "Print only what would be sent: time, labels and line.")
    var brief = false

    @Flag(help: "Replace ${NAME} in the file by variables of the environment.")
    var expandEnv = false

    func run() throws {
        let environment = expandEnv ? ProcessInfo.processInfo.environment : nil
        let agent = try AgentConfigurationFile(path: file, environment: environment).usable()
        let dryRun = try DryRun(agent, system: PosixFileSystem())
        let printer = TracePrinter(isBrief: brief)
        guard stdin else {
            try dryRun.run { target, entry in
                printer.print(entry, of: target)
            }
            return try printer.finish()
        }
        guard let labels = dryRun.begin(job: job, { printer.print($0, of: nil) }) else {
            throw StartFailure(job.map { "\(file): no job \($0)" } ?? "\(file): no job; add one under scrape_configs")
        }
        printer.announce("standard input \(labels)")
        while let line = readLine(strippingNewline: false) { dryRun.feed(Array(line.utf8)) }
        dryRun.finish()
        try printer.finish()
    }
}

/// `weir agent check FILE`: what is wrong with a configuration, and what it means on this machine.
struct AgentCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks an agent's configuration and lists the files it means here.")

    @Argument(help: "The agent's configuration file.")
    var file: String

    @Flag(help: "Fail on warnings, too.")
    var strict = false

    @Flag(help: "Replace ${NAME} in the file by variables of the environment.")
    var expandEnv = false

    func run() throws {
        let environment = expandEnv ? ProcessInfo.processInfo.environment : nil
        let loaded = try AgentConfigurationFile(path: file, environment: environment)
        for diagnostic in loaded.file.diagnostics { try StandardStream.output.writeLine("\(diagnostic)") }
        let worst = strict ? [Diagnostic.Severity.error, .warning] : [.error]
        if loaded.file.diagnostics.contains(where: { worst.contains($0.severity) }) { throw ExitCode.failure }
        let found = try DryRun(loaded.file.agent, system: PosixFileSystem()).files()
        for target in found { try StandardStream.output.writeLine("\(target.path) \(target.labels)") }
        let clients = loaded.file.agent.clients.map { $0.name.isEmpty ? $0.url : $0.name }
        let destination = clients.isEmpty ? "no server" : clients.joined(separator: ", ")
        try StandardStream.output.writeLine("\(file): fine; \(found.count) files to follow, for \(destination)")
    }
}

/// An agent's configuration as commands read it.
struct AgentConfigurationFile {
    let file: AgentFile

    /// - Parameter environment: what variables in the file stand for; nil leaves them as they are.
    init(path: String, environment: [String: String]?) throws {
        let text = String(decoding: try PosixFileSystem().contents(of: path), as: UTF8.self)
        var file = AgentFile.read(text, file: path, environment: environment)
        file.agent.hostName = HostName.current
        self.file = file
    }

    /// The configuration; its errors and warnings go to standard error.
    func usable(showsNotes: Bool = false) throws -> AgentConfiguration {
        for diagnostic in file.diagnostics where showsNotes || diagnostic.severity != .note {
            try StandardStream.error.writeLine("\(diagnostic)")
        }
        guard file.isUsable else { throw ExitCode.failure }
        return file.agent
    }
}

/// This machine's name, as Kubernetes gives it to containers or the kernel has it.
enum HostName {
    static var current: String {
        if let name = ProcessInfo.processInfo.environment["HOSTNAME"], !name.isEmpty { return name }
        let bytes = (try? PosixFileSystem().contents(of: "/proc/sys/kernel/hostname")) ?? []
        return String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
    }
}
