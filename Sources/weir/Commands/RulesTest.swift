internal import ArgumentParser
internal import LogQL
internal import WeirConfig
internal import WeirModel
internal import WeirRules
internal import WeirSystem

/// `weir rules test FILE…`: promtool's unit tests of rules, with lines as input too.
struct RulesTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Runs unit tests of rules, in promtool's form with lines beside series.",
        discussion: """
            weir rules test rules/web_test.yml
            The exit code is 1 when something is not as expected, 2 when a file cannot be used.
            """)

    @Argument(help: "Files of tests; `rule_files` in them are relative to the file.")
    var files: [String]

    func run() async throws {
        var code: Int32 = 0
        for path in files {
            try StandardStream.output.writeLine("Unit Testing:  \(path)")
            let failures = try await run(path)
            guard let failures else {
                code = 2
                continue
            }
            guard !failures.isEmpty else {
                try StandardStream.output.writeLine("  SUCCESS\n")
                continue
            }
            code = max(code, 1)
            try StandardStream.output.writeLine("  FAILED:\n" + failures.joined(separator: "\n") + "\n")
        }
        if code != 0 { throw ExitCode(code) }
    }

    /// What is not as expected; nil when a file cannot be used, which was said.
    private func run(_ path: String) async throws -> [String]? {
        let system = PosixFileSystem()
        let text = String(decoding: try system.contents(of: path), as: UTF8.self)
        let file = RuleTestFile.read(text, file: path)
        var loaded = RuleLoader(folderOf: path, files: file.ruleFiles, system: system).load()
        // A file may hold rules and their tests.
        if file.ruleFiles.isEmpty { loaded.add(RuleFile.read(text, file: path, namespace: path)) }
        let remarks = file.diagnostics + loaded.diagnostics
        for remark in remarks where remark.severity != .note { try StandardStream.error.writeLine("\(remark)") }
        guard !remarks.contains(where: { $0.severity == .error }) else { return nil }
        var groups = loaded.groups
        if !file.order.isEmpty {
            let rank = Dictionary(file.order.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
            let ranked = groups.enumerated().sorted {
                (rank[$0.element.key.name] ?? .max, $0.offset) < (rank[$1.element.key.name] ?? .max, $1.offset)
            }
            groups = ranked.map(\.element)
        }
        let run = RuleTestRun(
            groups, intervalNanoseconds: file.intervalNanoseconds,
            clocks: QueryEngine.Clocks(
                monotonic: { 0 }, wall: { SystemClock().now() }, zoneFile: { ZoneDatabase.file($0) }))
        var failures: [String] = []
        for (number, test) in file.tests.enumerated() {
            let found = try await run.run(test)
            guard !found.isEmpty else { continue }
            failures.append("  test: \(test.name.isEmpty ? "#\(number + 1)" : test.name)")
            failures += found
        }
        return failures
    }
}

extension RuleLoader {
    /// A loader of files that another file names.
    init(folderOf path: String, files: [String], system: any FileSystem) {
        var configuration = RulerConfiguration()
        configuration.files = files
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        self.init(configuration: configuration, base: folder, files: system, database: nil)
    }
}
