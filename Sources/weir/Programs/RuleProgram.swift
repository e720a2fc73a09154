internal import LogMetrics
internal import LogQL
internal import Logging
internal import WeirAPI
internal import WeirConfig
internal import WeirModel
internal import WeirRules
internal import WeirSystem

/// Rules in a running server: the engine, where its rules come from, and what the API sees of both.
struct RuleProgram: Sendable {
    let engine: RuleEngine
    let samples: SampleStore
    let loader: RuleLoader
    let database: RuleDatabase?
    let clock: any WallClock
    let logger: Logger
    /// Changes of rules happen one after the other.
    private let changes = WorkExecutor(name: "weir-rules", threads: 1)
    /// Keeps a change whole: reading files, writing the database and installing must not interleave with another.
    private let turnstile = AsyncTurnstile()

    /// Creates the rules of a server.
    ///
    /// - Parameters:
    ///   - sinks: where alerts go.
    ///   - address: the server's address, where no other is configured.
    init(
        configuration: RulerConfiguration, base: String, folder: String, queries: QueryEngine, samples: SampleStore,
        sinks: [any AlertSink], address: String, clock: any WallClock, files: any FileSystem, logger: Logger
    ) {
        self.samples = samples
        self.clock = clock
        self.logger = logger
        var database: RuleDatabase?
        do {
            database = try RuleDatabase(path: folder + "/rules.db")
        } catch {
            logger.error("alerts will not survive a restart", metadata: ["reason": "\(error)"])
        }
        self.database = database
        loader = RuleLoader(configuration: configuration, base: base, files: files, database: database)
        let external = configuration.externalURL.isEmpty ? address : configuration.externalURL
        let origin = ContinuousClock.now
        let surroundings = RuleSurroundings(
            ask: { question throws(RuleError) in try await RuleAnswers.answer(question, queries) },
            record: { tenant, found in samples.append(tenant, found) },
            monotonicNanoseconds: { (ContinuousClock.now - origin).wholeNanoseconds },
            externalLabels: configuration.externalLabels, externalURL: external,
            resendNanoseconds: configuration.resendNanoseconds,
            generatorURL: { RuleLink.text(of: $0, server: external) })
        engine = RuleEngine(
            configuration.engine, surroundings: surroundings, sinks: sinks, database: database, clock: clock,
            executor: changes, onTrouble: { logger.error("\($0)") })
    }

    /// Loads the rules at the start: what cannot be used is left out, because a server that collects is worth more than
    /// none.
    func start() async {
        await turnstile.enter()
        defer { turnstile.leave() }
        let read = loader.load()
        report(read.diagnostics)
        do {
            let difference = try await engine.replace(with: read.groups)
            let groups = engine.groups.count
            if !difference.isEmpty { logger.info("rules loaded", metadata: ["groups": "\(groups)"]) }
        } catch {
            logger.error("no rules are evaluated", metadata: ["reason": "\(error)"])
        }
    }

    /// Reads the rules again: all of them take over, or none.
    ///
    /// - Returns: a line for each change.
    func reload() async throws(ReloadError) -> [String] {
        await turnstile.enter()
        defer { turnstile.leave() }
        let read = loader.load()
        report(read.diagnostics)
        guard read.errors.isEmpty else { throw ReloadError(read.errors.map { "\($0)" }) }
        return try await install(read.groups)
    }

    private func install(_ groups: [RuleGroupDefinition]) async throws(ReloadError) -> [String] {
        do throws(RuleError) {
            let lines = try await engine.replace(with: groups).lines
            for line in lines { logger.info("rules: \(line)") }
            return lines
        } catch {
            throw ReloadError([error.message])
        }
    }

    private func report(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            switch diagnostic.severity {
            case .error: logger.error("\(diagnostic)")
            case .warning: logger.warning("\(diagnostic)")
            case .note: logger.info("\(diagnostic)")
            }
        }
    }

    /// How often recorded series are written: the most that a power cut can take of them.
    private static let savePause = Duration.seconds(60)

    /// Writes recorded series, and forgets what is too old, until the task is cancelled.
    func care() async {
        while (try? await Task.sleep(for: Self.savePause)) != nil {
            await save()
            do {
                try await changes.run { [database, clock] in
                    try database?.forgetHistory(now: Timestamp(nanoseconds: clock.now()))
                }
            } catch {
                logger.error("old steps of alerts are not forgotten", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func save() async {
        do {
            try await samples.save(now: Timestamp(nanoseconds: clock.now()))
        } catch {
            logger.error("recorded series are not written", metadata: ["reason": "\(error)"])
        }
    }

    /// Writes what is not written and closes the files; nothing is evaluated any more.
    func end() async {
        await save()
        samples.close()
        database?.close()
    }

    /// Runs rules over the past; nothing of it is kept.
    func backtest(
        _ tenant: Tenant, _ yaml: String, _ start: Timestamp, _ end: Timestamp,
        makeEngine: @escaping @Sendable (any SampleSource) -> QueryEngine
    ) async throws -> BacktestAnswer {
        let read = RuleFile.read(yaml, file: "rules", namespace: "backtest", tenant: tenant)
        guard read.isUsable else {
            let errors = read.diagnostics.filter { $0.severity == .error }.map { "\($0)" }
            throw RuleFileAccess.Refusal.invalid(errors.joined(separator: "\n"))
        }
        let test = RuleBacktest(
            intervalNanoseconds: loader.configuration.engine.intervalNanoseconds, makeEngine: makeEngine)
        let report = try await test.run(read.groups, from: start, to: end)
        return BacktestAnswer(
            steps: report.steps.map { step in
                BacktestAnswer.Step(
                    at: step.change.at, group: step.key.name, rule: step.rule, kind: step.change.kind.rawValue,
                    labels: step.change.labels, value: step.change.value)
            }, errors: report.errors, evaluations: report.evaluations)
    }

    // MARK: The API

    /// What requests may do with rules.
    var access: RuleFileAccess {
        var access = RuleFileAccess()
        access.groups = { tenant, namespace in
            let groups = definitions(tenant).filter { namespace == nil || $0.key.namespace == namespace }
            return groups.isEmpty ? nil : RuleText.yaml(groups)
        }
        access.group = { tenant, namespace, name in
            definitions(tenant).first { $0.key.namespace == namespace && $0.key.name == name }.map(RuleText.yaml)
        }
        access.write = { tenant, namespace, yaml throws(RuleFileAccess.Refusal) in
            try await write(tenant, namespace, yaml)
        }
        access.remove = { tenant, namespace, name throws(RuleFileAccess.Refusal) in
            try await remove(tenant, namespace, name)
        }
        return access
    }

    private func definitions(_ tenant: Tenant) -> [RuleGroupDefinition] {
        engine.groups(of: tenant).map(\.definition)
    }

    private func write(_ tenant: Tenant, _ namespace: String, _ yaml: String) async throws(RuleFileAccess.Refusal) {
        let database = try writable()
        guard RuleProgram.isName(namespace) else { throw .invalid("invalid namespace: \(namespace)") }
        let read = RuleFile.readGroup(yaml, namespace: namespace, tenant: tenant)
        let errors = read.diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty, let group = read.groups.first else {
            let lines = errors.map { $0.keyPath.isEmpty ? $0.message : "\($0.keyPath): \($0.message)" }
            throw .invalid(lines.isEmpty ? "unable to decode rule group" : lines.joined(separator: "\n"))
        }
        await turnstile.enter()
        defer { turnstile.leave() }
        try await checkOrigin(tenant, namespace, group.key.name, database)
        try await keep { try database.write(WrittenGroup(key: group.key, yaml: yaml)) }
        try await installAll()
    }

    private func remove(
        _ tenant: Tenant, _ namespace: String, _ name: String?
    ) async throws(RuleFileAccess.Refusal) {
        let database = try writable()
        await turnstile.enter()
        defer { turnstile.leave() }
        let doomed = definitions(tenant).filter {
            $0.key.namespace == namespace && (name == nil || $0.key.name == name)
        }
        guard !doomed.isEmpty else { throw .missing }
        for group in doomed { try await checkOrigin(tenant, namespace, group.key.name, database) }
        try await keep { try database.erase(tenant: tenant, namespace: namespace, name: name) }
        try await installAll()
    }

    private func writable() throws(RuleFileAccess.Refusal) -> RuleDatabase {
        guard loader.configuration.allowsWriting else { throw .forbidden }
        guard let database else { throw .failed("there is no database to keep rules in, see the log") }
        return database
    }

    /// A group that stands in a file is changed there: otherwise the next reload would bring the file's back.
    private func checkOrigin(
        _ tenant: Tenant, _ namespace: String, _ name: String, _ database: RuleDatabase
    ) async throws(RuleFileAccess.Refusal) {
        let key = RuleGroupDefinition.Key(tenant: tenant, namespace: namespace, name: name)
        guard definitions(tenant).contains(where: { $0.key == key }) else { return }
        let written: [WrittenGroup]
        do { written = try database.writtenGroups() } catch { throw .failed("\(error)") }
        guard !written.contains(where: { $0.key == key }) else { return }
        throw .invalid("group \(QuotedText.quote(name)) comes from a file; change \(namespace) and reload")
    }

    private func keep(_ body: @escaping @Sendable () throws -> Void) async throws(RuleFileAccess.Refusal) {
        do { try await changes.run(body) } catch { throw .failed("\(error)") }
    }

    private func installAll() async throws(RuleFileAccess.Refusal) {
        let read = loader.load()
        // Files that have been broken meanwhile must not take their rules away through the back door.
        guard read.errors.isEmpty else { throw .failed(read.errors.map { "\($0)" }.joined(separator: "\n")) }
        do { _ = try await install(read.groups) } catch { throw .failed(error.lines.joined(separator: "\n")) }
    }

    /// Names become names of files in Loki, so those that would leave their folder are refused there and here.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && !text.contains("/")
    }

    /// Its metrics.
    var families: [MetricFamily] { RuleMetrics.families(engine) + samples.families }
}
