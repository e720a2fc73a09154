/// Writes and reads instants as RFC 3339 text, in UTC.
public enum TimeText {
    /// Seconds precision, as messages show instants: `2024-01-02T03:04:05Z`.
    static func seconds(_ nanoseconds: Int64) -> String {
        // An entry without a time has Go's zero time.
        if nanoseconds == .min { return "0001-01-01T00:00:00Z" }
        let (second, _) = split(nanoseconds)
        return dateAndTime(second) + "Z"
    }

    /// Nanosecond precision without trailing zeros: `2024-01-02T03:04:05.67Z`.
    public static func nanoseconds(_ nanoseconds: Int64) -> String {
        let (second, fraction) = split(nanoseconds)
        guard fraction > 0 else { return dateAndTime(second) + "Z" }
        var digits = padded(Int(fraction), 9)
        while digits.hasSuffix("0") { digits.removeLast() }
        return dateAndTime(second) + "." + digits + "Z"
    }

    /// Reads RFC 3339 with any number of fraction digits; nil when the text is none. Instants
    /// outside the range of 64 bits are held at its ends.
    public static func parse(_ text: String) -> Int64? {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"), let hour = reader.number(2),
            reader.take(":"), let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            let fraction = reader.fraction(), let zone = reader.zoneSeconds(), reader.isAtEnd
        else { return nil }
        guard (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year), hour < 24, minute < 60,
            second < 60
        else { return nil }
        let days = daysSinceEpoch(year: year, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second - zone)
        return PushTime.nanoseconds(seconds: seconds, nanoseconds: fraction)
    }

    private struct Reader {
        let bytes: [UInt8]
        var offset = 0

        var isAtEnd: Bool { offset == bytes.count }

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func take(_ character: Character) -> Bool {
            guard offset < bytes.count, bytes[offset] == character.asciiValue else { return false }
            offset += 1
            return true
        }

        mutating func number(_ digits: Int) -> Int? {
            guard offset + digits <= bytes.count else { return nil }
            var value = 0
            for _ in 0..<digits {
                let digit = bytes[offset] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
                offset += 1
            }
            return value
        }

        /// Nanoseconds; digits past the ninth are dropped.
        mutating func fraction() -> Int64? {
            guard take(".") || take(",") else { return 0 }
            var value: Int64 = 0
            var count = 0
            while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 {
                if count < 9 { value = value * 10 + Int64(bytes[offset] - UInt8(ascii: "0")) }
                count += 1
                offset += 1
            }
            guard count > 0 else { return nil }
            while count < 9 {
                value *= 10
                count += 1
            }
            return value
        }

        mutating func zoneSeconds() -> Int? {
            if take("Z") || take("z") { return 0 }
            let isWest = offset < bytes.count && bytes[offset] == UInt8(ascii: "-")
            guard take("+") || take("-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
                minutes < 60
            else { return nil }
            return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
        }
    }

    private static func split(_ nanoseconds: Int64) -> (second: Int64, fraction: Int64) {
        var second = nanoseconds / 1_000_000_000
        var fraction = nanoseconds % 1_000_000_000
        if fraction < 0 {
            second -= 1
            fraction += 1_000_000_000
        }
        return (second, fraction)
    }

    private static func dateAndTime(_ second: Int64) -> String {
        var day = Int(second / 86_400)
        var rest = Int(second % 86_400)
        if rest < 0 {
            day -= 1
            rest += 86_400
        }
        let date = civil(daysSinceEpoch: day)
        let time = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(time)"
    }

    private static func padded(_ value: Int, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The proleptic Gregorian calendar counted in eras of 400 years that begin on 1 March, so that the leap day is the
    /// last of a year.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of ``daysSinceEpoch(year:month:day:)``.
    private static func civil(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
