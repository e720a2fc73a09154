internal import LogMetrics
internal import LogQL
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals
internal import WeirAPI
internal import WeirAgent
internal import WeirAlerts
internal import WeirConfig
internal import WeirModel
internal import WeirRules
internal import WeirStore
internal import WeirSystem

/// `weir serve` and `weir run`: joins store, query engine, endpoints and server, and an agent that follows this machine.
struct ServerProgram {
    let file: ServeFile
    /// The file's path; what it names is found relative to its folder.
    var path: String?
    /// What is followed in the same process; nil for a server alone.
    let agent: AgentConfiguration?

    /// How long requests and sealing may take once asked to stop; longer, and the WAL is what a restart reads.
    private static let shutdownTimeMax = Duration.seconds(60)

    /// Runs until SIGTERM or SIGINT, then stops accepting, lets requests finish, seals and closes.
    ///
    /// - Throws: why it cannot start, in one line: ``StartFailure``, `StoreOpenError`, `AgentError`.
    func run() async throws {
        ProcessMemory.limitArenas(to: MemoryService.arenas)
        let level = LogLevelSwitch(file.server.logLevel.loggerLevel)
        let ownLines = file.server.logsToStore ? OwnLogLines() : nil
        var output = LogOutput(form: file.server.logForm)
        if let ownLines { output.keep = { ownLines.add($0, $1, $2) } }
        let logger = LineLogHandler.logger(level: level, output: output)
        let clock = SystemClock()
        let files = PosixFileSystem()
        let hub = TailHub()
        let startup = Startup { [file] port in
            // Nobody may be reading, which is no reason not to serve.
            let banner = Banner.text(
                program: CommandLine.arguments.first ?? "weir", host: file.server.address, port: port,
                folder: file.store.folder, isSecure: file.server.tls != nil)
            try? StandardStream.output.write(Array(banner.utf8))
            ProcessMemory.releaseCode()
        }
        let follower = agent.map { configuration in
            let sink = StartingSink(startup: startup)
            return Agent(
                configuration, system: files, destinations: [SinkDestination(sink: sink, clock: clock)], clock: clock,
                report: AgentService.report(to: logger))
        }
        let rules = RuleService()
        let limits = LimitTable(LimitTable.Limits(push: file.push, query: queryLimits))
        let desk = QueryDesk(
            configuration: deskConfiguration, limits: limits, now: { Timestamp(nanoseconds: clock.now()) })
        let surroundings = Surroundings(
            limits: limits, desk: desk, hub: hub, agent: follower, logger: logger, level: level, clock: clock,
            files: files, managers: alertmanagers(logger: logger),
            alerting: try AlertingProgram(file.alerting, serverURL: serverURL, clock: clock, logger: logger))
        let store = StoreService {
            let store = try await LogStore.open(
                configuration: storeConfiguration, fileSystem: files, clock: clock,
                decodeBody: { try EncodedBodyDecoder.decode($0) }, onEvent: Self.report(to: logger))
            rules.open(try open(store, startup, surroundings))
            return store
        }
        let access = AccessControl(tokens: file.tokens)
        let gate = TenantGate(requiresTenant: file.server.requiresTenant, access: access)
        let tls = try file.server.tls.map { try TLSListener($0) }
        warnOfOpenDoor(access, logger)
        let server = WebServer(
            options: options(tls), gate: gate,
            endpoints: { request in
                let answer = await startup.respond(to: request)
                if request.path == "/loki/api/v1/delete", request.method != "GET" { desk.forget() }
                return answer
            },
            tails: WeirChannel.Tails(door: { startup.parts?.door }, gate: gate, clock: clock), clock: clock,
            logger: logger
        ) { port in startup.listen(on: port) }
        // They stop in reverse order: first what brings lines, then the server, at last the store.
        let hangups = HangupService(tls: tls, logger: logger) { await startup.parts?.reload() }
        var parts: [any Service] = [MemoryService(), store, hangups, TailService(hub: hub, clock: clock), rules]
        parts += surroundings.managers
        parts += [surroundings.alerting.part, server]
        let listener = try alertmanagerListener(startup, gate: gate, tls: tls, clock: clock, logger: logger)
        parts += [listener, follower.map { AgentService(agent: $0) } as (any Service)?].compactMap(\.self)
        if let ownLines {
            parts.append(OwnLogService(lines: ownLines, sink: StartingSink(startup: startup), clock: clock))
        }
        if let path = file.overridesFile {
            parts.append(
                RuntimeLimitsService(
                    path: path, period: file.runtimePeriod, file: file, limits: limits, logger: logger))
        }
        try await Self.run(parts, logger: logger)
    }

    /// Puts the rules among the services of the API.
    private func publish(
        _ program: RuleProgram, samples: SampleStore, store: LogStore, clock: any WallClock,
        into services: inout APIServices
    ) {
        services.ruleGroups = { tenant in program.engine.groups(of: tenant).map(RuleGroupStatus.init) }
        services.ruleFiles = program.access
        services.backtest = { tenant, yaml, start, end in
            try await program.backtest(tenant, yaml, start, end) { series in
                makeEngine(store: store, samples: series, clock: clock)
            }
        }
        services.recordedSeries = { tenant, matchers, after, through in
            try await samples.series(tenant: tenant, matchers: matchers, after: after, through: through)
        }
    }

    /// Reads again the rules, then the notifier's files.
    private func reloading(
        _ program: RuleProgram, _ alerting: AlertingProgram, _ notifier: AlertService?
    ) -> @Sendable () async throws(ReloadError) -> [String] {
        { () throws(ReloadError) in
            let lines = try await program.reload()
            if let notifier { try await alerting.reload(notifier) }
            return lines
        }
    }

    /// The listener of `alerting.listen`.
    private func alertmanagerListener(
        _ startup: Startup, gate: TenantGate, tls: TLSListener?, clock: any WallClock, logger: Logger
    ) throws(StartFailure) -> WebServer? {
        guard let address = file.alerting.listen else { return nil }
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]) else {
            throw StartFailure("alerting.listen must be host:port, such as 127.0.0.1:9093, not \(address)")
        }
        var options = options(tls)
        options.host = String(address[..<colon].filter { $0 != "[" && $0 != "]" })
        if options.host.isEmpty { options.host = "0.0.0.0" }
        options.port = port
        return WebServer(
            options: options, gate: gate, endpoints: { await startup.respondAsAlertmanager(to: $0) }, clock: clock,
            logger: logger
        ) { port in logger.info("answering as Alertmanager", metadata: ["port": "\(port)"]) }
    }

    /// Where this server is found, unless the file says otherwise.
    private var serverURL: String {
        let host = ["0.0.0.0", "::", ""].contains(file.server.address) ? "127.0.0.1" : file.server.address
        return "http://\(host):\(file.server.port)"
    }

    /// What the services stand in besides the store.
    private struct Surroundings: Sendable {
        let limits: LimitTable
        let desk: QueryDesk
        let hub: TailHub
        let agent: Agent?
        let logger: Logger
        let level: LogLevelSwitch
        let clock: SystemClock
        let files: PosixFileSystem
        let managers: [AlertmanagerClient]
        let alerting: AlertingProgram
    }

    /// Joins an open store with everything that asks it, and lets requests in.
    private func open(_ store: LogStore, _ startup: Startup, _ surroundings: Surroundings) throws -> RuleProgram {
        // Whatever brings lines: tails and kept results see them all.
        let desk = surroundings.desk
        let clock = surroundings.clock
        let sink = PublishingSink(store: store, hub: surroundings.hub, whenStored: { desk.note($0) })
        let samples = makeSamples(clock: clock, logger: surroundings.logger)
        let queries = makeEngine(store: store, samples: samples, clock: clock)
        let managers = surroundings.managers
        let alerting = surroundings.alerting
        let notifier = try alerting.open(folder: file.store.folder)
        var sinks: [any AlertSink] = managers
        if let notifier { sinks.append(notifier) }
        let program = makeRules(
            queries, samples: samples, sinks: sinks, clock: clock, files: surroundings.files,
            logger: surroundings.logger)
        var services = makeServices(store: store, queries: queries, sink: sink, surroundings)
        publish(program, samples: samples, store: store, clock: clock, into: &services)
        let reload = reloading(program, alerting, notifier)
        services.reload = reload
        services.metricSources += [{ program.families }, { AlertmanagerClient.families(managers) }]
        services.serviceNames.append("ruler")
        services.logLevel = surroundings.level.control
        if let notifier { alerting.publish(notifier, into: &services) }
        startup.open(
            Startup.Parts(
                table: EndpointTable(services: services), door: TailDoor(services: services), sink: sink,
                alertmanager: notifier == nil ? nil : EndpointTable(alertmanagerOf: services),
                reload: { _ = try? await reload() }))
        return program
    }

    /// Says when anybody who reaches the machine may do anything.
    private func warnOfOpenDoor(_ access: AccessControl, _ logger: Logger) {
        guard !file.server.isLoopback, !access.isOn, file.server.tls?.clientAuthentication != .required else { return }
        let advice = "make tokens with `weir token`, or listen on 127.0.0.1"
        logger.warning(
            "anybody who reaches this address may read, push and change everything: \(advice)",
            metadata: ["address": "\(file.server.address):\(file.server.port)"])
    }

    private func options(_ tls: TLSListener?) -> WebServer.Options {
        var options = WebServer.Options()
        options.tls = tls
        options.readTimeout = file.server.readTimeout
        options.idleTimeout = file.server.idleTimeout
        options.connectionsMax = file.server.connectionsMax
        options.host = file.server.address
        options.port = file.server.port
        options.bodyBytesMax = file.push.bodyBytesMax
        return options
    }

    /// The store's configuration, which knows of requests to delete only that somebody reads their line filters.
    private var storeConfiguration: StoreConfiguration {
        var configuration = file.store
        configuration.lineFilter = StoreDeletes.filter
        return configuration
    }

    /// The limits of queries, with as many threads as there are processors unless the file says otherwise.
    private var queryLimits: QueryLimits {
        var limits = file.query
        if limits.workers == 0 { limits.workers = ProcessorCount.online }
        return limits
    }

    /// Recorded series, on disk unless that is impossible: rules are worth more than their past.
    private func makeSamples(clock: any WallClock, logger: Logger) -> SampleStore {
        do {
            let archive = try SampleArchive(path: file.store.folder + "/samples.db")
            let executor = WorkExecutor(name: "weir-samples", threads: 1)
            return try SampleStore(archive: archive, now: Timestamp(nanoseconds: clock.now()), executor: executor)
        } catch {
            logger.error("recorded series are kept in memory only", metadata: ["reason": "\(error)"])
            return SampleStore()
        }
    }

    /// Twice as many queries as cores: while one waits for the disk another computes.
    private var deskConfiguration: QueryDesk.Configuration {
        var configuration = file.desk
        if configuration.runningMax == 0 { configuration.runningMax = max(4, 2 * ProcessorCount.online) }
        return configuration
    }

    private func makeEngine(store: LogStore, samples: any SampleSource, clock: any WallClock) -> QueryEngine {
        let origin = ContinuousClock.now
        return QueryEngine(
            source: TenantUnion(store), samples: samples, limits: queryLimits,
            clocks: QueryEngine.Clocks(
                monotonic: { (ContinuousClock.now - origin).wholeNanoseconds }, wall: { clock.now() },
                zoneFile: { ZoneDatabase.file($0) }))
    }

    private func makeRules(
        _ queries: QueryEngine, samples: SampleStore, sinks: [any AlertSink], clock: any WallClock,
        files: any FileSystem, logger: Logger
    ) -> RuleProgram {
        let base = (path ?? "").split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return RuleProgram(
            configuration: file.rules, base: base.joined(separator: "/"), folder: file.store.folder,
            queries: queries, samples: samples, sinks: sinks, address: serverURL,
            clock: clock, files: files, logger: logger)
    }

    /// The external Alertmanagers that the file names; each gets every alert.
    private func alertmanagers(logger: Logger) -> [AlertmanagerClient] {
        file.rules.alertmanagers.map { address in
            AlertmanagerClient(
                base: address, headers: file.rules.alertmanagerHeaders, timeout: file.rules.notificationTimeout,
                alertsMax: file.rules.notificationsMax, sender: NetworkSender(), logger: logger)
        }
    }

    private func makeServices(
        store: LogStore, queries: QueryEngine, sink: any EntrySink, _ surroundings: Surroundings
    ) -> APIServices {
        let limits = surroundings.limits
        let desk = surroundings.desk
        let agent = surroundings.agent
        let clock = surroundings.clock
        let process = ProcessMetrics(start: clock.now())
        let slow = SlowQueryLog(
            bound: file.server.slowQuery, logger: surroundings.logger, textBytesMax: file.query.textBytesMax)
        var services = APIServices(
            sink: sink, source: TenantUnion(store),
            runQuery: { request throws(QueryError) in
                try await slow.watch(request) { request throws(QueryError) in
                    try await desk.run(request) { request throws(QueryError) in
                        try await queries.limited(to: limits.limits(of: request.tenant).query).run(request)
                    }
                }
            },
            limits: limits,
            now: { Timestamp(nanoseconds: clock.now()) }, flush: { try await store.flush() },
            metricSources: [
                { process.families() }, { StoreMetrics.families(store.statistics()) },
                { agent?.statistics().metrics ?? [] }, { desk.families() },
            ],
            tails: surroundings.hub, build: BuildVersion(version: Version.number))
        services.serviceNames = ["server", "store", "tail"] + (agent == nil ? [] : ["agent"])
        services.configurationText = { configurationText }
        services.deletes = file.allowsDeletes ? StoreDeletes.control(of: store) : nil
        services.makeBackup = { StoreArchive.stream(try await store.makeBackup()) }
        services.findsPatterns = file.server.findsPatterns
        return services
    }

    /// The configuration besides limits, by Loki's names.
    private var configurationText: String {
        """
        auth_enabled: \(file.server.requiresTenant)
        server:
          http_listen_address: \(file.server.address)
          http_listen_port: \(file.server.port)
          log_level: \(file.server.logLevel.rawValue)
        common:
          path_prefix: \(QuotedText.quote(file.store.folder))

        """
    }

    /// Runs services until a signal; the first that fails ends the others and is the error.
    static func run(_ services: [any Service], logger: Logger) async throws {
        // The group's own life-cycle lines repeat what ours say.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        // A store that cannot be opened must not look like a server that breaks off, nor the other way round.
        let parts = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        var configuration = ServiceGroupConfiguration(
            services: parts, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = shutdownTimeMax
        try await ServiceGroup(configuration: configuration).run()
    }

    private static func report(to logger: Logger) -> @Sendable (StoreEvent) -> Void {
        { event in
            if case .replayed(records: 0, _) = event { return }
            switch event.severity {
            case .error: logger.error("\(event)")
            case .warning: logger.warning("\(event)")
            case .notice: logger.info("\(event)")
            }
        }
    }
}

extension Duration {
    /// The whole nanoseconds; a process does not run for the 292 years that fit.
    var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
