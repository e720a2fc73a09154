internal import ArgumentParser
internal import WeirConfig
internal import WeirModel
internal import WeirRules
internal import WeirSystem

/// `weir check FILE…`: what a server, agent or ruler would say about its files.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks files: rules, tests of rules, and configurations of server and agent.",
        discussion: """
            weir check weir.yaml rules/*.yml
            Each remark names file, line, column and key, what happens instead, and what to write. The exit code is 2 for
            errors, 1 for warnings with --strict, 0 otherwise.
            """)

    @Argument(help: "Files of rules of Loki or Prometheus, and configurations.")
    var files: [String]

    @Flag(help: "Fail on warnings too.")
    var strict = false

    @Flag(help: "Print no notes.")
    var quiet = false

    func run() throws {
        var all: [Diagnostic] = []
        var groups: [RuleGroupDefinition] = []
        var names: [String] = []
        for path in files {
            let text = String(decoding: try PosixFileSystem().contents(of: path), as: UTF8.self)
            switch FileKind.of(text) {
            case .rules:
                let file = RuleFile.read(text, file: path, namespace: path)
                all += file.diagnostics
                groups += file.groups
                names.append("\(path): \(file.groups.reduce(0) { $0 + $1.rules.count }) rules")
            case .ruleTests:
                all += RuleTestFile.read(text, file: path).diagnostics
            case .agent: all += AgentFile.read(text, file: path).diagnostics
            case .run: all += RunFile.read(text, file: path).diagnostics
            case .server: all += ServeFile.read(text, file: path).diagnostics
            }
        }
        all += RuleLint(groups).remarks
        for remark in all where !quiet || remark.severity != .note {
            try StandardStream.output.writeLine("\(remark)")
        }
        for name in names where !quiet { try StandardStream.output.writeLine(name) }
        if all.contains(where: { $0.severity == .error }) { throw ExitCode(2) }
        if strict, all.contains(where: { $0.severity == .warning }) { throw ExitCode(1) }
    }
}
