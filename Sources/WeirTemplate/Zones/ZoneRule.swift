/// The rule of a time zone for all years behind its last listed change, as POSIX writes it:
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
    /// A day of every year, and the clock's time on it.
    fileprivate struct Change {
        enum Day {
            /// 1 to 365, never February 29.
            case julian(Int)
            /// 0 to 365, leap days counted.
            case ordinal(Int)
            /// A weekday (0 is Sunday) of a week (5 is the last) of a month.
            case weekday(month: Int, week: Int, weekday: Int)
        }

        var day: Day
        var seconds: Int
    }

    private let standard: ZoneTable.Period
    private var summer: (period: ZoneTable.Period, start: Change, end: Change)?

    /// Reads a rule; nil for what is none, and for summer times without days, which have no meaning of their own.
    init?(_ text: ArraySlice<UInt8>) {
        var reader = Reader(rest: text)
        guard let name = reader.name(), let offset = reader.time() else { return nil }
        // POSIX counts towards the west.
        standard = ZoneTable.Period(offsetSeconds: -offset, name: name)
        if reader.rest.isEmpty { return }
        guard let summerName = reader.name() else { return nil }
        var summerOffset = standard.offsetSeconds + 3600
        if reader.rest.first != UInt8(ascii: ",") {
            guard let written = reader.time() else { return nil }
            summerOffset = -written
        }
        guard let start = reader.change(), let end = reader.change(), reader.rest.isEmpty else { return nil }
        summer = (ZoneTable.Period(offsetSeconds: summerOffset, name: summerName), start, end)
    }

    /// What holds at an instant, in seconds since 1970 UTC.
    func period(at seconds: Int64) -> ZoneTable.Period {
        guard let summer else { return standard }
        // Beyond what a year can be told for, the rule says nothing.
        guard seconds.magnitude < 1 << 42 else { return standard }
        let year = ZoneRule.year(of: seconds + Int64(standard.offsetSeconds))
        let start = summer.start.instant(in: year) - Int64(standard.offsetSeconds)
        let end = summer.end.instant(in: year) - Int64(summer.period.offsetSeconds)
        // In the south, summer goes over the turn of the year.
        let isSummer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end
        return isSummer ? summer.period : standard
    }
}

// MARK: Days

extension ZoneRule {
    fileprivate static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// Days from 1970-01-01 to the first of January of a year.
    fileprivate static func daysBefore(_ year: Int64) -> Int64 {
        let past = year - 1
        func floorDivide(_ divisor: Int64) -> Int64 { past >= 0 ? past / divisor : -((divisor - 1 - past) / divisor) }
        return 365 * (year - 1970) + floorDivide(4) - floorDivide(100) + floorDivide(400) - 477
    }

    private static func year(of seconds: Int64) -> Int64 {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        var year = 1970 + days / 366
        while daysBefore(year + 1) <= days { year += 1 }
        while daysBefore(year) > days { year -= 1 }
        return year
    }

    fileprivate static func dayOfYear(_ day: Change.Day, in year: Int64) -> Int64 {
        switch day {
        case .julian(let number): return Int64(number - 1) + (isLeap(year) && number >= 60 ? 1 : 0)
        case .ordinal(let number): return Int64(number)
        case .weekday(let month, let week, let weekday):
            var lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            if isLeap(year) { lengths[1] = 29 }
            let before = lengths[..<(month - 1)].reduce(0, +)
            // The first of January 1970 was a Thursday.
            let firstWeekday = ((daysBefore(year) + before + 4) % 7 + 7) % 7
            var day = (Int64(weekday) - firstWeekday + 7) % 7 + Int64(week - 1) * 7
            if day >= lengths[month - 1] { day -= 7 }
            return before + day
        }
    }
}

extension ZoneRule.Change {
    /// When the change is in a year, in seconds since 1970 as if the clock showed UTC.
    fileprivate func instant(in year: Int64) -> Int64 {
        (ZoneRule.daysBefore(year) + ZoneRule.dayOfYear(day, in: year)) * 86_400 + Int64(seconds)
    }
}

// MARK: Reading

extension ZoneRule {
    private struct Reader {
        var rest: ArraySlice<UInt8>

        private mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }

        /// `CET` or `<+0330>`.
        mutating func name() -> String? {
            let name: ArraySlice<UInt8>
            if take(UInt8(ascii: "<")) {
                name = rest.prefix { $0 != UInt8(ascii: ">") }
                rest = rest.dropFirst(name.count)
                guard take(UInt8(ascii: ">")) else { return nil }
            } else {
                name = rest.prefix { ($0 | 0x20) &- 0x61 < 26 }
                rest = rest.dropFirst(name.count)
            }
            return name.count < 3 ? nil : String(decoding: name, as: UTF8.self)
        }

        private mutating func number(in range: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { $0 &- 0x30 < 10 }.prefix(4)
            rest = rest.dropFirst(digits.count)
            guard let number = Int(String(decoding: digits, as: UTF8.self)), range.contains(number) else { return nil }
            return number
        }

        /// `-1`, `5:30`, `167:00:00`: hours up to a week, in seconds.
        mutating func time() -> Int? {
            let isNegative = take(UInt8(ascii: "-"))
            if !isNegative { _ = take(UInt8(ascii: "+")) }
            guard var seconds = number(in: 0...167).map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where take(UInt8(ascii: ":")) {
                guard let part = number(in: 0...59) else { return nil }
                seconds += part * unit
            }
            return isNegative ? -seconds : seconds
        }

        /// `,M3.5.0/2`, `,J60` or `,59`.
        mutating func change() -> Change? {
            guard take(UInt8(ascii: ",")) else { return nil }
            let day: Change.Day
            if take(UInt8(ascii: "M")) {
                guard let month = number(in: 1...12), take(UInt8(ascii: ".")), let week = number(in: 1...5),
                    take(UInt8(ascii: ".")), let weekday = number(in: 0...6)
                else { return nil }
                day = .weekday(month: month, week: week, weekday: weekday)
            } else if take(UInt8(ascii: "J")) {
                guard let number = number(in: 1...365) else { return nil }
                day = .julian(number)
            } else {
                guard let number = number(in: 0...365) else { return nil }
                day = .ordinal(number)
            }
            guard take(UInt8(ascii: "/")) else { return Change(day: day, seconds: 7200) }
            return time().map { Change(day: day, seconds: $0) }
        }
    }
}
