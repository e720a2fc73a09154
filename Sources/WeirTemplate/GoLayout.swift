/// Times written and read by example, as in Go: a layout is how `Mon Jan 2 15:04:05 MST 2006` would look.
public enum GoLayout {
    /// The layout in which Go prints a time by itself.
    static let printed = "2006-01-02 15:04:05.999999999 -0700 MST"

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// A piece of a layout.
    enum Piece: Hashable {
        case literal(UInt8)
        case longMonth, shortMonth, month, zeroMonth
        case longWeekday, shortWeekday
        case day, underDay, zeroDay, underYearDay, zeroYearDay
        case hour, hour12, zeroHour12, minute, zeroMinute, second, zeroSecond
        case longYear, year
        case upperHalf, lowerHalf
        case zoneName
        /// An offset: whether `Z` stands for UTC, whether with colons, and how many two-digit parts.
        case offset(usesZ: Bool, hasColon: Bool, parts: Int)
        /// Decimals of the second: how many, whether trailing zeros are left out, and the sign before them.
        case fraction(count: Int, trims: Bool, mark: UInt8)
    }

    /// Cuts a layout into pieces.
    static func pieces(of layout: String) -> [Piece] {
        let bytes = Array(layout.utf8)
        var pieces: [Piece] = []
        var position = 0
        while position < bytes.count {
            let (piece, length) = piece(bytes[position...], before: position > 0 ? bytes[position - 1] : nil)
            pieces.append(piece)
            position += length
        }
        return pieces
    }

    /// Spellings by the order in which they are tried: longer ones first.
    private static let spellings: [(text: StaticString, piece: Piece)] = [
        ("January", .longMonth), ("Jan", .shortMonth), ("Monday", .longWeekday), ("Mon", .shortWeekday),
        ("MST", .zoneName), ("01", .zeroMonth), ("002", .zeroYearDay), ("02", .zeroDay), ("03", .zeroHour12),
        ("04", .zeroMinute), ("05", .zeroSecond), ("06", .year), ("15", .hour), ("1", .month), ("2006", .longYear),
        ("2", .day), ("__2", .underYearDay), ("_2", .underDay), ("3", .hour12), ("4", .minute), ("5", .second),
        ("PM", .upperHalf), ("pm", .lowerHalf),
        ("-07:00:00", .offset(usesZ: false, hasColon: true, parts: 3)),
        ("-070000", .offset(usesZ: false, hasColon: false, parts: 3)),
        ("-07:00", .offset(usesZ: false, hasColon: true, parts: 2)),
        ("-0700", .offset(usesZ: false, hasColon: false, parts: 2)),
        ("-07", .offset(usesZ: false, hasColon: false, parts: 1)),
        ("Z07:00:00", .offset(usesZ: true, hasColon: true, parts: 3)),
        ("Z070000", .offset(usesZ: true, hasColon: false, parts: 3)),
        ("Z07:00", .offset(usesZ: true, hasColon: true, parts: 2)),
        ("Z0700", .offset(usesZ: true, hasColon: false, parts: 2)),
        ("Z07", .offset(usesZ: true, hasColon: false, parts: 1)),
    ]

    private static func piece(_ rest: ArraySlice<UInt8>, before: UInt8?) -> (Piece, Int) {
        let first = rest.first!
        // `_2006` is a literal followed by the year.
        if rest.starts(with: "_2006".utf8) { return (.literal(first), 1) }
        if first == UInt8(ascii: ".") || first == UInt8(ascii: ",") {
            let digits = rest.dropFirst()
            if let digit = digits.first, digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9") {
                let count = digits.prefix { $0 == digit }.count
                let after = digits.dropFirst(count).first
                if after.map({ $0 &- 0x30 < 10 }) != true {
                    return (.fraction(count: count, trims: digit == UInt8(ascii: "9"), mark: first), count + 1)
                }
            }
            return (.literal(first), 1)
        }
        for spelling in spellings {
            let text = UnsafeBufferPointer(start: spelling.text.utf8Start, count: spelling.text.utf8CodeUnitCount)
            guard rest.starts(with: text) else { continue }
            // `January` and `Jan` count as such only if no lower-case letter follows: `Janet` is a name.
            if spelling.piece == .shortMonth || spelling.piece == .shortWeekday,
                let next = rest.dropFirst(text.count).first, next &- 0x61 < 26
            {
                continue
            }
            return (spelling.piece, text.count)
        }
        return (.literal(first), 1)
    }
}

/// A day of the calendar.
struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    /// The date so many days after 1970-01-01, in the Gregorian calendar without beginning.
    init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    static func dayCount(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
