public import WeirModel
internal import WeirSystem
public import WeirTemplate

/// A set of calendar times, such as working hours: what `time_intervals` names.
public struct MuteInterval: Sendable, Hashable {
    /// The name that routes call it by.
    public var name: String
    /// An instant belongs to the set when it belongs to any of these.
    public var parts: [Part]

    /// Times that fulfil every condition given; an empty list is no condition.
    public struct Part: Sendable, Hashable {
        /// Minutes of the day, the end not included; 0...1440.
        public var minutes: [Range<Int>] = []
        /// 0 is Sunday.
        public var weekdays: [ClosedRange<Int>] = []
        /// Days of the month from 1, or, negative, from its end.
        public var monthDays: [MonthDays] = []
        /// 1...12.
        public var months: [ClosedRange<Int>] = []
        /// Years.
        public var years: [ClosedRange<Int>] = []
        /// The time zone by its name in the system's database; empty is UTC.
        public var location = ""

        /// Creates the part that holds always.
        public init() {}
    }

    /// Days of the month; -1 is the last one.
    public struct MonthDays: Sendable, Hashable {
        /// The first day, 1...31 or -31 ... -1.
        public var first: Int
        /// The last day.
        public var last: Int

        /// Creates a range.
        public init(first: Int, last: Int) {
            self.first = first
            self.last = last
        }

        func contains(_ day: Int, ofMonthWithDays count: Int) -> Bool {
            let first = self.first < 0 ? max(1, count + self.first + 1) : self.first
            let last = self.last < 0 ? count + self.last + 1 : min(self.last, count)
            return first <= last && (first...last).contains(day)
        }
    }

    /// Creates a set.
    public init(name: String, parts: [Part]) {
        self.name = name
        self.parts = parts
    }

    /// Whether the set holds an instant. Hours and days are those that clocks in the part's zone show.
    public func contains(_ instant: Timestamp, zones: ZoneCache) -> Bool {
        parts.contains { $0.contains(instant, zones: zones) }
    }
}

extension MuteInterval.Part {
    fileprivate func contains(_ instant: Timestamp, zones: ZoneCache) -> Bool {
        let second = instant.nanoseconds / Timestamp.nanosecondsPerSecond
        let offset = location.isEmpty ? 0 : zones.zone(location).period(at: second).offsetSeconds
        let local = CivilTime(
            nanoseconds: instant.advanced(byNanoseconds: Int64(offset) * Timestamp.nanosecondsPerSecond).nanoseconds)
        func holds<Condition>(_ conditions: [Condition], _ isFulfilled: (Condition) -> Bool) -> Bool {
            conditions.isEmpty || conditions.contains(where: isFulfilled)
        }
        return holds(minutes) { $0.contains(local.hour * 60 + local.minute) }
            && holds(weekdays) { $0.contains(local.weekday) }
            && holds(monthDays) { $0.contains(local.day, ofMonthWithDays: Self.dayCount(local.month, local.year)) }
            && holds(months) { $0.contains(local.month) } && holds(years) { $0.contains(local.year) }
    }

    private static func dayCount(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
