internal import WeirAlerts

/// `time_intervals`.
enum TimeIntervalReader {
    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    static func intervals(_ value: YAMLValue?) -> [MuteInterval] {
        (value?.list ?? []).compactMap { item -> MuteInterval? in
            guard let map = item.map else { return nil }
            defer { map.finish() }
            guard let name = map.value("name")?.text, !name.isEmpty else {
                item.remark(.error, "a time interval needs a name; ignored")
                return nil
            }
            let parts = (map.value("time_intervals")?.list ?? []).compactMap { $0.map.map(part) }
            return MuteInterval(name: name, parts: parts)
        }
    }

    private static func part(_ map: YAMLMap) -> MuteInterval.Part {
        var part = MuteInterval.Part()
        for item in map.value("times")?.list ?? [] {
            guard let section = item.map else { continue }
            part.minutes += minutes(section)
            section.finish()
        }
        part.weekdays = ranges(map, "weekdays", in: 0...6) { named($0, weekdays, first: 0) }
        part.months = ranges(map, "months", in: 1...12) { named($0, months, first: 1) ?? Int($0) }
        part.years = ranges(map, "years", in: 0...9999) { Int($0) }
        part.monthDays = ranges(map, "days_of_month", in: -31...31, wraps: true) { Int($0) }
            .map { MuteInterval.MonthDays(first: $0.lowerBound, last: $0.upperBound) }
        part.monthDays += negativeDays(map)
        if let location = map.value("location")?.text { part.location = location == "Local" ? "" : location }
        map.finish()
        return part
    }

    private static func named(_ text: String, _ names: [String], first: Int) -> Int? {
        let lower = text.lowercased()
        return names.firstIndex { $0 == lower || ($0.hasPrefix(lower) && lower.count == 3) }.map { $0 + first }
    }

    /// Minutes of the day; over midnight they are two ranges.
    private static func minutes(_ map: YAMLMap) -> [Range<Int>] {
        guard let start = minute(map, "start_time"), let end = minute(map, "end_time") else { return [] }
        if start < end { return [start..<end] }
        map.remark(.note, key: "end_time", "lies before the start, so it is taken as that of the next day")
        return [start..<1440, 0..<end].filter { !$0.isEmpty }
    }

    private static func minute(_ map: YAMLMap, _ key: String) -> Int? {
        guard let value = map.value(key), let text = value.text else {
            map.remark(.error, key: key, "is missing; the time is ignored")
            return nil
        }
        let parts = text.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, (0...24).contains(parts[0]), (0...59).contains(parts[1]),
            parts[0] * 60 + parts[1] <= 1440
        else {
            value.remark(
                .error, "expected a time such as 09:00, found \(QuotedPart.quote(text))", replacement: "'09:00'")
            return nil
        }
        return parts[0] * 60 + parts[1]
    }

    /// `a` or `a:b`, both included.
    private static func ranges(
        _ map: YAMLMap, _ key: String, in bounds: ClosedRange<Int>, wraps: Bool = false, _ number: (String) -> Int?
    ) -> [ClosedRange<Int>] {
        (map.value(key)?.list ?? []).compactMap { item -> ClosedRange<Int>? in
            guard let text = item.text else { return nil }
            let parts = text.split(separator: ":").map { String($0).filter { $0 != " " } }
            guard let low = parts.first.flatMap(number), let high = parts.last.flatMap(number), parts.count <= 2,
                bounds.contains(low), bounds.contains(high)
            else {
                item.remark(.error, "expected a value or a range such as a:b, found \(QuotedPart.quote(text)); ignored")
                return nil
            }
            // Days counted from different ends of the month are read below.
            if wraps, low > high { return nil }
            guard low <= high else {
                item.remark(.error, "the range ends before it starts; ignored")
                return nil
            }
            return low...high
        }
    }

    /// `20:-1`: from a day of the month to one from its end.
    private static func negativeDays(_ map: YAMLMap) -> [MuteInterval.MonthDays] {
        (map.value("days_of_month")?.list ?? []).compactMap { item -> MuteInterval.MonthDays? in
            let parts = (item.text ?? "").split(separator: ":").compactMap { Int($0.filter { $0 != " " }) }
            guard parts.count == 2, parts[0] > 0, parts[1] < 0 else { return nil }
            return MuteInterval.MonthDays(first: parts[0], last: parts[1])
        }
    }
}
