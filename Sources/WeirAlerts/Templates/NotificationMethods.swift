internal import WeirTemplate

/// What values of a notification can do in a template: `.Alerts.Firing`, `.GroupLabels.SortedPairs.Values`.
enum NotificationMethods {
    typealias Failure = TemplateFunction.Failure

    static func call(
        _ value: TemplateValue, _ name: String, _ arguments: [TemplateValue]
    ) throws(Failure) -> TemplateValue? {
        switch value {
        // Label sets are the maps whose absent names give the empty text.
        case .map(let map) where map.absent != .none: return try labels(map, name, arguments)
        case .list(let values): return list(values, name)
        case .time(let time): return try self.time(time, name, arguments)
        default: return nil
        }
    }

    private static func labels(
        _ map: TemplateMap, _ name: String, _ arguments: [TemplateValue]
    ) throws(Failure) -> TemplateValue? {
        switch name {
        case "SortedPairs": return .list(sortedNames(map).map { pair($0, map[$0]) })
        case "Names": return .list(sortedNames(map).map { .text($0) })
        case "Values": return .list(sortedNames(map).map { map[$0] })
        case "Remove":
            guard arguments.count == 1, case .list(let removed) = arguments[0] else {
                throw Failure("Remove wants a list of names")
            }
            var rest = map
            for name in removed { rest.values[String(decoding: name.printed, as: UTF8.self)] = nil }
            return .map(rest)
        default: return nil
        }
    }

    /// By name, but the alert's own first.
    private static func sortedNames(_ map: TemplateMap) -> [String] {
        let names = map.names
        guard map.values["alertname"] != nil else { return names }
        return ["alertname"] + names.filter { $0 != "alertname" }
    }

    private static func pair(_ name: String, _ value: TemplateValue) -> TemplateValue {
        .map(TemplateMap(["Name": .text(name), "Value": value]))
    }

    private static func list(_ values: [TemplateValue], _ name: String) -> TemplateValue? {
        switch name {
        case "Firing", "Resolved": .list(values.filter { field($0, "Status") == .text(name.lowercased()) })
        case "Names": .list(values.map { field($0, "Name") })
        case "Values": .list(values.map { field($0, "Value") })
        default: nil
        }
    }

    private static func field(_ value: TemplateValue, _ name: String) -> TemplateValue {
        guard case .map(let map) = value else { return .none }
        return map[name]
    }

    private static func time(
        _ time: TemplateTime, _ name: String, _ arguments: [TemplateValue]
    ) throws(Failure) -> TemplateValue? {
        func other() throws(Failure) -> TemplateTime {
            guard arguments.count == 1, case .time(let other) = arguments[0] else {
                throw Failure("\(name) wants a time")
            }
            return other
        }
        switch name {
        case "Format":
            guard arguments.count == 1 else { throw Failure("Format wants a layout") }
            return .text(GoLayout.format(time, String(decoding: arguments[0].printed, as: UTF8.self)))
        case "Unix": return .integer(time.seconds)
        case "UnixMilli": return .integer(time.seconds &* 1000 &+ time.nanoseconds / 1_000_000)
        case "UTC", "Local": return .time(TemplateTime(seconds: time.seconds, nanoseconds: time.nanoseconds))
        case "IsZero": return .bool(time.seconds == -62_135_596_800)
        case "Sub": return .text(DurationForm.go(time.unixNanoseconds &- (try other()).unixNanoseconds))
        case "Before":
            let other = try other()
            return .bool((time.seconds, time.nanoseconds) < (other.seconds, other.nanoseconds))
        case "After":
            let other = try other()
            return .bool((time.seconds, time.nanoseconds) > (other.seconds, other.nanoseconds))
        default: return nil
        }
    }
}
