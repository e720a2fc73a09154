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
        let logger = LineLogHandler.logger(level: level)
        let clock = SystemClock()
        let files = PosixFileSystem()
        let hub = TailHub()
        let startup = Startup { [file] port in
            // Nobody may be reading, which is no reason not to serve.
            let banner = Banner.text(
                program: CommandLine.arguments.first ?? "weir", host: file.server.address, port: port,
                folder: file.store.folder)
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
        let managers = alertmanagers(logger: logger)
        let alerting = try AlertingProgram(file.alerting, serverURL: serverURL, clock: clock, logger: logger)
        let store = StoreService {
            let store = try await LogStore.open(
                configuration: storeConfiguration, fileSystem: files, clock: clock,
                decodeBody: { try EncodedBodyDecoder.decode($0) }, onEvent: Self.report(to: logger))
            // Whatever brings lines: tails see them all.
            let sink = PublishingSink(store: store, hub: hub)
            let samples = makeSamples(clock: clock, logger: logger)
            let queries = makeEngine(store: store, samples: samples, clock: clock)
            let notifier = try alerting.open(folder: file.store.folder)
            var sinks: [any AlertSink] = managers
            if let notifier { sinks.append(notifier) }
            let program = makeRules(
                queries, samples: samples, sinks: sinks, clock: clock, files: files, logger: logger)
            var services = makeServices(
                store: store, queries: queries, sink: sink, hub: hub, agent: follower, clock: clock)
            publish(program, samples: samples, store: store, clock: clock, into: &services)
            let reload = reloading(program, alerting, notifier)
            services.reload = reload
            services.metricSources += [{ program.families }, { AlertmanagerClient.families(managers) }]
            services.serviceNames.append("ruler")
            services.logLevel = level.control
            if let notifier { alerting.publish(notifier, into: &services) }
            startup.open(
                Startup.Parts(
                    table: EndpointTable(services: services), door: TailDoor(services: services), sink: sink,
                    alertmanager: notifier == nil ? nil : EndpointTable(alertmanagerOf: services),
                    reload: { _ = try? await reload() }))
            rules.open(program)
            return store
        }
        let gate = TenantGate(requiresTenant: file.server.requiresTenant)
        let server = WebServer(
            options: options, endpoints: { await gate.answer($0, startup.respond) },
            tails: WeirChannel.Tails(door: { startup.parts?.door }, gate: gate, clock: clock), clock: clock,
            logger: logger
        ) { port in startup.listen(on: port) }
        // They stop in reverse order: first what brings lines, then the server, at last the store.
        let hangups = HangupService(logger: logger) { await startup.parts?.reload() }
        var parts: [any Service] = [MemoryService(), store, hangups, TailService(hub: hub, clock: clock), rules]
        parts += managers
        parts += [alerting.part, server]
        if let listener = try alertmanagerListener(startup, clock: clock, logger: logger) { parts.append(listener) }
        if let follower { parts.append(AgentService(agent: follower)) }
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
        _ startup: Startup, clock: any WallClock, logger: Logger
    ) throws(StartFailure) -> WebServer? {
        guard let address = file.alerting.listen else { return nil }
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]) else {
            throw StartFailure("alerting.listen must be host:port, such as 127.0.0.1:9093, not \(address)")
        }
        var options = WebServer.Options()
        options.host = String(address[..<colon].filter { $0 != "[" && $0 != "]" })
        if options.host.isEmpty { options.host = "0.0.0.0" }
        options.port = port
        return WebServer(
            options: options, endpoints: { await startup.respondAsAlertmanager(to: $0) }, clock: clock, logger: logger
        ) { port in logger.info("answering as Alertmanager", metadata: ["port": "\(port)"]) }
    }

    /// Where this server is found, unless the file says otherwise.
    private var serverURL: String {
        let host = ["0.0.0.0", "::", ""].contains(file.server.address) ? "127.0.0.1" : file.server.address
        return "http://\(host):\(file.server.port)"
    }

    private var options: WebServer.Options {
        var options = WebServer.Options()
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
        store: LogStore, queries: QueryEngine, sink: any EntrySink, hub: TailHub, agent: Agent?,
        clock: any WallClock
    ) -> APIServices {
        let process = ProcessMetrics(start: clock.now())
        var services = APIServices(
            sink: sink, source: TenantUnion(store), engine: queries,
            pushLimits: file.push, queryLimits: queryLimits,
            now: { Timestamp(nanoseconds: clock.now()) }, flush: { try await store.flush() },
            metricSources: [
                { process.families() }, { StoreMetrics.families(store.statistics()) },
                { agent?.statistics().metrics ?? [] },
            ],
            tails: hub, build: BuildVersion(version: Version.number))
        services.serviceNames = ["server", "store", "tail"] + (agent == nil ? [] : ["agent"])
        services.configurationText = { configurationText }
        services.deletes = file.allowsDeletes ? StoreDeletes.control(of: store) : nil
        services.makeBackup = { StoreArchive.stream(try await store.makeBackup()) }
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
