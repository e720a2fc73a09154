internal import Logging
internal import ServiceLifecycle
internal import WeirAPI
internal import WeirAlerts
internal import WeirConfig
internal import WeirModel
internal import WeirSystem
internal import WeirTemplate

/// The notifier of this process: its files, its database, its way out.
struct AlertingProgram: Sendable {
    private let options: AlertingOptions
    private let serverURL: String
    private let logger: Logger
    private let clock: any WallClock
    private let zones = ZoneCache { ZoneDatabase.file($0) }
    private let sender = NotificationSender()
    private let files: AlertingFiles
    private let handover = AsyncStream.makeStream(of: AlertService.self)

    /// Reads the files, and says what there is to say about them.
    ///
    /// - Throws: ``StartFailure`` when they cannot be used.
    init(_ options: AlertingOptions, serverURL: String, clock: any WallClock, logger: Logger) throws(StartFailure) {
        self.options = options
        self.serverURL = serverURL
        self.clock = clock
        self.logger = logger
        files = try AlertingFiles.read(options, serverURL: serverURL, zones: zones)
        Self.report(files, logger)
    }

    private static func report(_ files: AlertingFiles, _ logger: Logger) {
        for diagnostic in files.diagnostics {
            switch diagnostic.severity {
            case .error: logger.error("\(diagnostic)")
            case .warning: logger.warning("\(diagnostic)")
            case .note: logger.info("\(diagnostic)")
            }
        }
    }

    /// Opens the notifier in the data folder, which must be ours already; nil when it is switched off.
    func open(folder: String) throws -> AlertService? {
        guard options.isBuiltIn else { return nil }
        let logger = logger
        let service = try AlertService(
            folder: folder, configuration: files.configuration, templates: files.templates,
            surroundings: AlertService.Surroundings(
                clock: clock, random: SystemRandomSource(), transport: sender, zones: zones,
                readFile: { String(decoding: try PosixFileSystem().contents(of: $0), as: UTF8.self) },
                onEvent: { event in
                    if event.isTrouble { logger.warning("\(event)") } else { logger.info("\(event)") }
                }))
        handover.continuation.yield(service)
        return service
    }

    /// Puts the notifier among the services of the API.
    func publish(_ service: AlertService, into services: inout APIServices) {
        services.alerting = service
        services.alertingText = { AlertmanagerText.write(service.configuration) }
        services.alertingSince = Timestamp(nanoseconds: clock.now())
        services.metricSources.append { service.metrics() }
        services.serviceNames.append("alerts")
    }

    /// Reads the files again. With a fault nothing changes.
    func reload(_ service: AlertService) async throws(ReloadError) {
        guard options.file != nil else { return }
        let read: AlertingFiles
        do throws(StartFailure) {
            read = try AlertingFiles.read(options, serverURL: serverURL, zones: zones)
        } catch {
            logger.error("alerting configuration not read again: \(error)")
            throw ReloadError(["\(error)"])
        }
        Self.report(read, logger)
        await service.reload(read.configuration, templates: read.templates)
        logger.info("alerting configuration read again")
    }

    /// What runs.
    var part: any Service { NotifierService(handover: handover.stream) }
}

/// The notifier as a service: runs as soon as its database is open.
private struct NotifierService: Service {
    let handover: AsyncStream<AlertService>

    func run() async throws {
        for await service in handover.cancelOnGracefulShutdown() {
            await cancelWhenGracefulShutdown { await service.run() }
            return
        }
    }
}
