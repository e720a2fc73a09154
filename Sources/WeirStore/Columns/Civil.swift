/// Days since 1970 as dates of the proleptic Gregorian calendar.
enum Civil {
    struct Date {
        var year: Int64
        var month: Int64
        var day: Int64
    }

    private static let daysOfEra: Int64 = 146_097
    /// From 0000-03-01, where eras start, to 1970-01-01.
    private static let daysToEpoch: Int64 = 719_468

    /// Division that rounds down.
    @inline(__always)
    static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number < 0 && quotient &* divisor != number ? quotient - 1 : quotient
    }

    /// The number of a date; years start in March, so that leap days end them.
    static func day(of date: Date) -> Int64 {
        let year = date.month <= 2 ? date.year - 1 : date.year
        let era = floor(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * daysOfEra + dayOfEra - daysToEpoch
    }

    /// The date of a day.
    static func date(ofDay number: Int64) -> Date {
        let shifted = number + daysToEpoch
        let era = floor(shifted, daysOfEra)
        let dayOfEra = shifted - era * daysOfEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return Date(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    static func days(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
