public import WeirAlerts
internal import WeirModel

/// `alertmanager.yml` as Alertmanager reads it.
///
/// Loading is lenient: one receiver that is not filled in, or a route that names none, must not keep all other alerts from
/// being told. Such faults are remarks of severity error, and what happens instead stands in the remark; only a text that
/// is no YAML, or has no route, cannot be used.
public struct AlertmanagerFile: Sendable {
    /// What the file says.
    public var configuration = AlertingConfiguration()
    /// Remarks in the order in which parts are read: global, receivers, times, routes, inhibition.
    public var diagnostics: [Diagnostic] = []
    /// Whether there is a route, so that the file can be used.
    public var isUsable = false

    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - file: its path, for the remarks.
    ///   - environment: what `${NAME}` stands for in values outside of `{{ }}`; `$$` stands for `$`.
    public static func read(
        _ text: String, file: String, environment: [String: String] = [:]
    ) -> AlertmanagerFile {
        var result = AlertmanagerFile()
        let remarks = YAMLReader.readFile(text, file: file, environment: nil) { map in
            let reader = AlertmanagerReader(environment: environment)
            result.apply(map, reader)
        }
        result.diagnostics = remarks
        return result
    }

    private mutating func apply(_ map: YAMLMap, _ reader: AlertmanagerReader) {
        var defaults = AlertmanagerDefaults()
        map.section("global") { defaults.apply($0, reader) }
        var receivers = ReceiverReader(reader: reader, defaults: defaults)
        receivers.apply(map.value("receivers"))
        var intervals: [MuteInterval] = []
        for key in ["mute_time_intervals", "time_intervals"] {
            intervals += TimeIntervalReader.intervals(map.value(key))
        }
        configuration.templateFiles = map.value("templates")?.list?.compactMap { reader.text($0) } ?? []
        var routes = RouteReader(
            reader: reader, receivers: receivers.receivers.map(\.name), intervals: Set(intervals.map(\.name)))
        if let value = map.value("route"), let section = value.map {
            configuration.dispatcher.route = routes.root(section)
            isUsable = true
        } else {
            map.remark(.error, key: "route", "no route is given, so nobody can be told")
        }
        configuration.receivers = receivers.receivers
        for receiver in configuration.receivers where !routes.used.contains(receiver.name) {
            map.remark(.note, key: "receivers", "no route reaches receiver \(QuotedPart.quote(receiver.name))")
        }
        configuration.dispatcher.resolveTimeout = defaults.resolveTimeout
        configuration.dispatcher.muteIntervals = intervals
        configuration.dispatcher.inhibitions = reader.inhibitions(map.value("inhibit_rules"))
        map.ignore([
            IgnoredKey("tracing", "has no effect: there are no traces"), IgnoredKey("event_recorder", "has no effect"),
        ])
        let kept = configuration.dispatcher.repeatIntervalMax / (Int64(3600) * Timestamp.nanosecondsPerSecond)
        if kept > 60 {
            map.remark(
                .note, key: "route",
                "the notification log is kept for \(2 * kept) hours, because a route repeats after \(kept)")
        }
    }
}
