/// Reads `2026-11-21T06:42:13.446088283Z` and the like: any number of decimals, `Z` or an offset such as `+02:00`.
package enum RFC3339Time {
    /// The instant in nanoseconds since 1970 UTC; nil when the bytes are no such time, or lie outside 1678...2261.
    ///
    /// Decimals beyond the ninth are cut off. A second of 60 counts as the first of the next minute.
    package static func parse(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let century = pair(bytes, 0), let year = pair(bytes, 2), let month = pair(bytes, 5),
            let day = pair(bytes, 8), let hour = pair(bytes, 11), let minute = pair(bytes, 14),
            let second = pair(bytes, 17),
            (1...12).contains(month), day >= 1, hour < 24, minute < 60, second <= 60
        else { return nil }
        let fullYear = century * 100 + year
        guard day <= daysOfMonth(month, year: fullYear) else { return nil }
        var position = 19
        guard let fraction = fraction(bytes, &position), let shift = zone(bytes, position) else { return nil }
        let days = daysSinceEpoch(year: fullYear, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - shift
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflows else { return nil }
        let (sum, tooLarge) = whole.addingReportingOverflow(fraction)
        return tooLarge ? nil : sum
    }

    /// Days from 1970-01-01 to a day of the Gregorian calendar.
    package static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        // Counting years from March puts the leap day at the end, so that one formula serves all months.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func daysOfMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Two digits as a number.
    @inline(__always)
    private static func pair(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Int? {
        let high = bytes[position] &- UInt8(ascii: "0")
        let low = bytes[position + 1] &- UInt8(ascii: "0")
        guard high < 10, low < 10 else { return nil }
        return Int(high) * 10 + Int(low)
    }

    /// The decimals as nanoseconds, 0 when there are none; nil for a point without digits.
    @inline(__always)
    private static func fraction(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int64? {
        guard bytes[position] == UInt8(ascii: ".") || bytes[position] == UInt8(ascii: ",") else { return 0 }
        position += 1
        let start = position
        var nanoseconds: Int64 = 0
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 {
            if position - start < 9 { nanoseconds = nanoseconds * 10 + Int64(bytes[position] & 15) }
            position += 1
        }
        guard position > start else { return nil }
        for _ in min(9, position - start)..<9 { nanoseconds *= 10 }
        return nanoseconds
    }

    /// The zone's seconds east of UTC; nil when the rest of the bytes is none.
    @inline(__always)
    private static func zone(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Int64? {
        guard position < bytes.count else { return nil }
        let sign = bytes[position]
        if sign | 0x20 == UInt8(ascii: "z") { return position + 1 == bytes.count ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), position + 6 == bytes.count,
            bytes[position + 3] == UInt8(ascii: ":"),
            let hours = pair(bytes, position + 1), let minutes = pair(bytes, position + 4), hours < 24, minutes < 60
        else { return nil }
        let seconds = Int64(hours * 3600 + minutes * 60)
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }
}
