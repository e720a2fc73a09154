/// A UTC date and time of day, for headers, log lines and terminals.
public struct CivilTime: Sendable, Hashable {
    /// By the Gregorian calendar, also before it was introduced.
    public let year: Int
    /// 1...12.
    public let month: Int
    /// 1...31.
    public let day: Int
    /// 0...23.
    public let hour: Int
    /// 0...59.
    public let minute: Int
    /// 0...59; leap seconds do not exist in this count.
    public let second: Int
    /// 0...999,999,999.
    public let nanosecond: Int
    /// 0 is Sunday.
    public let weekday: Int

    /// The date and time at `nanoseconds` since 1970 UTC, by the proleptic Gregorian calendar.
    public init(nanoseconds: Int64) {
        let (days, ofDay) = Self.divide(Int(nanoseconds), 86_400_000_000_000)
        nanosecond = ofDay % 1_000_000_000
        second = ofDay / 1_000_000_000 % 60
        minute = ofDay / 60_000_000_000 % 60
        hour = ofDay / 3_600_000_000_000
        weekday = Self.divide(days + 4, 7).remainder
        // Years are counted from March here, so that the leap day is the last day of its year; an era is 400 years.
        let (era, dayOfEra) = Self.divide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2026-03-10T10:59:54.371Z`, cut to milliseconds.
    public var milliseconds: String {
        "\(date)T\(time).\(Self.pad(nanosecond / 1_000_000, 3))Z"
    }

    /// `2026-03-10T10:59:54.371681108Z`.
    public var exact: String {
        "\(date)T\(time).\(Self.pad(nanosecond, 9))Z"
    }

    /// `Tue, 10 Mar 2026 10:59:54 GMT`, the form of the `Date` header.
    public var header: String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(weekdays[weekday]), \(Self.pad(day, 2)) \(months[month - 1]) \(Self.pad(year, 4)) \(time) GMT"
    }

    private var date: String { "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))" }
    private var time: String { "\(Self.pad(hour, 2)):\(Self.pad(minute, 2)):\(Self.pad(second, 2))" }

    /// Division that rounds down, so that instants before 1970 fall into the right day.
    private static func divide(_ value: Int, _ by: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
        return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
