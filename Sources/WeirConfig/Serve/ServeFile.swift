public import LogQL
public import WeirAPI
public import WeirAlerts
public import WeirRules
public import WeirStore

/// The server's configuration file: Loki's keys, and Weir's own under `wal` and `store`.
///
/// Loading is lenient: whatever can take effect does, and `diagnostics` say what does not. Only a file with an error among
/// them must not be used.
public struct ServeFile: Sendable {
    /// `server`.
    public var server = ServerConfiguration()
    /// `security.tokens`: who may do what; anybody anything when there are none.
    public var tokens: [AccessToken] = []
    /// `common.path_prefix`, `wal` and `store`.
    public var store = StoreConfiguration(folder: "./data")
    /// The part of `limits_config` that concerns pushes.
    public var push = PushLimits()
    /// The part of `limits_config` that concerns queries.
    public var query = QueryLimits()
    /// `ruler`, `rule_files`, and what concerns rules in Prometheus' files.
    public var rules = RulerConfiguration()
    /// Whether lines may be deleted on request: Loki's `deletion_mode`.
    public var allowsDeletes = true
    /// Whether Loki's periods of retention count.
    var enforcesLokiRetention = false
    /// Loki's file of limits for single tenants, `runtime_config.file`; see ``applyOverrides(_:file:)``.
    public var overridesFile: String?
    /// `alerting`, besides Prometheus' keys in it.
    public var alerting = AlertingOptions()
    /// How queries queue and what is remembered of them.
    public var desk = QueryDesk.Configuration()
    /// `runtime_config.period`: how often that file is looked at.
    public var runtimePeriod = Duration.seconds(10)
    /// Remarks in the order of the file's keys.
    public var diagnostics: [Diagnostic] = []

    /// Creates the configuration of an empty file.
    public init() {}

    /// Whether there is no error among the remarks.
    public var isUsable: Bool { !diagnostics.contains { $0.severity == .error } }

    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - file: its path, for the remarks.
    ///   - environment: when given, variables in the text are replaced first; see ``EnvironmentExpansion``.
    ///   - settings: keys that are set from outside; they win over the file.
    public static func read(
        _ text: String, file: String, environment: [String: String]? = nil, settings: [Setting] = []
    ) -> ServeFile {
        var result = ServeFile()
        let remarks = YAMLReader.readFile(text, file: file, environment: environment, settings: settings) {
            result.apply($0)
        }
        result.diagnostics = remarks
        return result
    }

    /// Takes the server's keys out of a map, without finishing it: the file of `weir run` has more.
    mutating func apply(_ map: YAMLMap) {
        if let isOn = map.value("auth_enabled")?.flag { server.requiresTenant = isOn }
        map.section("server") { applyServer($0) }
        map.section("storage_config") { applyStorage($0) }
        map.section("common") { applyCommon($0) }
        map.section("compactor") { applyCompactor($0) }
        map.section("runtime_config") { applyRuntimeConfiguration($0) }
        map.section("limits_config") { section in
            applyRetentionLimits(section)
            applyPushLimits(section)
            applyQueryLimits(section)
            section.ignore(LokiKeys.limits)
        }
        map.section("overrides") { applyOverrides($0) }
        applyRetention(map)
        map.section("ingester") { applyIngester($0) }
        map.section("security") { applySecurity($0) }
        applyQuerySections(map)
        map.section("wal") { applyWAL($0) }
        map.section("store") { applyStore($0) }
        applyRules(map)
        map.ignore(LokiKeys.top)
    }

    private mutating func applyServer(_ map: YAMLMap) {
        if let address = map.value("http_listen_address")?.text { server.address = address }
        if let port = map.integer("http_listen_port", in: 0...65_535) { server.port = port }
        if let form = map.choice("log_format", ServerConfiguration.LogForm.self) { server.logForm = form }
        if let isOn = map.value("log_to_store")?.flag { server.logsToStore = isOn }
        if let level = map.choice("log_level", ServerConfiguration.LogLevel.self) { server.logLevel = level }
        applyListener(map)
        map.ignore(LokiKeys.server)
    }

    private mutating func applyCommon(_ map: YAMLMap) {
        if let folder = map.value("path_prefix")?.text { store.folder = folder }
        map.ignore(LokiKeys.common)
    }

    /// Loki's chunks lie in a folder below its data folder, which is the one that Weir uses.
    private mutating func applyStorage(_ map: YAMLMap) {
        map.section("filesystem") { section in
            guard let value = section.value("directory"), let directory = value.text else { return }
            let parts = directory.split(separator: "/", omittingEmptySubsequences: false)
            let parent = parts.dropLast().joined(separator: "/")
            guard !parent.isEmpty else { return }
            store.folder = parent
            value.remark(
                .note, "data is kept in \(parent), beside Loki's own", replacement: "common.path_prefix: \(parent)")
        }
        map.ignore(LokiKeys.storage)
    }

    private mutating func applyIngester(_ map: YAMLMap) {
        map.section("wal") { section in
            if let value = section.value("enabled"), value.flag == false {
                store.walSync = .off
                value.remark(.warning, "the WAL stays on but is not synced", replacement: "wal: {sync: off}")
            }
            section.ignore(LokiKeys.ingesterWAL)
        }
        map.ignore(LokiKeys.ingester)
    }

    private mutating func applyWAL(_ map: YAMLMap) {
        if let sync = map.choice("sync", StoreConfiguration.WALSync.self) { store.walSync = sync }
        if let interval = map.value("sync_interval")?.duration { store.walSyncInterval = interval }
    }

    private mutating func applyStore(_ map: YAMLMap) {
        if let bytes = map.value("head_size")?.byteSize { store.headBytesMax = bytes }
        if let age = map.value("head_max_age")?.duration { store.headAgeMax = age }
        if let bytes = map.value("wal_size")?.byteSize { store.walBytesMax = bytes }
        if let bytes = map.value("min_free_disk")?.byteSize { store.freeDiskBytesMin = bytes }
    }
}
