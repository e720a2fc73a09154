internal import WeirAlerts

/// `route` and its children.
struct RouteReader {
    let reader: AlertmanagerReader
    /// The receivers that exist.
    let receivers: [String]
    /// The time intervals that exist.
    let intervals: Set<String>
    /// The receivers that a route names.
    private(set) var used: Set<String> = []

    init(reader: AlertmanagerReader, receivers: [String], intervals: Set<String>) {
        self.reader = reader
        self.receivers = receivers
        self.intervals = intervals
    }

    /// The root, which takes every alert.
    mutating func root(_ map: YAMLMap) -> Route {
        var route = self.route(map, isRoot: true)
        if route.receiver == nil {
            let fallback = receivers.first
            map.remark(
                .error, key: "receiver",
                fallback.map { "the root route needs a receiver; \(QuotedPart.quote($0)) is used" }
                    ?? "there is no receiver, so nobody is told")
            route.receiver = fallback ?? ""
            if let fallback { used.insert(fallback) }
        }
        for key in ["match", "match_re", "matchers", "continue", "mute_time_intervals", "active_time_intervals"]
        where map.keys.contains(key) {
            map.remark(.warning, key: key, "has no effect at the root, which takes every alert at any time")
        }
        (route.matchers, route.muteIntervals, route.activeIntervals) = ([], [], [])
        return route
    }

    private mutating func route(_ map: YAMLMap, isRoot: Bool) -> Route {
        var route = Route(matchers: reader.matchers(map))
        if let value = map.value("receiver"), let name = reader.text(value) {
            if receivers.contains(name) {
                route.receiver = name
                used.insert(name)
            } else {
                let instead = isRoot ? "the first receiver is used" : "the receiver of the route above is used"
                value.remark(
                    .error, "undefined receiver \(QuotedPart.quote(name)); \(instead)",
                    replacement: NearestName.find(name, among: receivers))
            }
        }
        if let names = map.value("group_by")?.texts {
            route.grouping = names.contains("...") ? .all : .names(Set(names))
            if names.contains("..."), names.count > 1 {
                map.remark(.warning, key: "group_by", "'...' stands for all labels; the others have no effect")
            }
        }
        route.groupWait = map.value("group_wait")?.duration
        route.groupInterval = positive(map, "group_interval")
        route.repeatInterval = positive(map, "repeat_interval")
        if let interval = route.groupInterval, let repeats = route.repeatInterval, repeats < interval {
            map.remark(.note, key: "repeat_interval", "repeats come at group_interval at the earliest")
        }
        route.muteIntervals = names(map, "mute_time_intervals")
        route.activeIntervals = names(map, "active_time_intervals")
        route.continues = map.value("continue")?.flag ?? false
        for child in map.value("routes")?.list ?? [] {
            if let section = child.map { route.routes.append(self.route(section, isRoot: false)) }
        }
        map.ignore([IgnoredKey("labels", .warning, "not applied: routes add no labels")])
        map.finish()
        return route
    }

    private func positive(_ map: YAMLMap, _ key: String) -> Duration? {
        guard let value = map.value(key), let duration = value.duration else { return nil }
        if duration > .zero { return duration }
        value.remark(.error, "must be more than zero; the value of the route above is used")
        return nil
    }

    private func names(_ map: YAMLMap, _ key: String) -> [String] {
        guard let value = map.value(key) else { return [] }
        return (value.texts ?? []).filter { name in
            if intervals.contains(name) { return true }
            value.remark(
                .error, "undefined time interval \(QuotedPart.quote(name)), ignored",
                replacement: NearestName.find(name, among: Array(intervals)))
            return false
        }
    }
}
