extension GoLayout {
    /// Writes a time by a layout.
    public static func format(_ time: TemplateTime, _ layout: String) -> String {
        let local = Int(time.seconds) + time.offsetSeconds
        let days = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let clock = Clock(
            date: CivilDate(daysSince1970: days), days: days, second: local - days * 86_400, time: time)
        var text: [UInt8] = []
        for piece in pieces(of: layout) { clock.append(piece, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The parts of a time as it is written.
    private struct Clock {
        var date: CivilDate
        var days: Int
        var second: Int
        var time: TemplateTime

        private var hour: Int { second / 3600 }
        private var hour12: Int { hour % 12 == 0 ? 12 : hour % 12 }
        private var minute: Int { second / 60 % 60 }
        private var weekday: String { GoLayout.weekdays[((days + 4) % 7 + 7) % 7] }
        private var yearDay: Int { days - CivilDate(year: date.year, month: 1, day: 1).daysSince1970 + 1 }

        func append(_ piece: Piece, to text: inout [UInt8]) {
            switch piece {
            case .literal(let byte): text.append(byte)
            case .longMonth: text += GoLayout.months[date.month - 1].utf8
            case .shortMonth: text += GoLayout.months[date.month - 1].prefix(3).utf8
            case .longWeekday: text += weekday.utf8
            case .shortWeekday: text += weekday.prefix(3).utf8
            case .upperHalf: text += (hour < 12 ? "AM" : "PM").utf8
            case .lowerHalf: text += (hour < 12 ? "am" : "pm").utf8
            case .zoneName: text += time.zone.utf8
            case .offset(let usesZ, let hasColon, let parts): appendOffset(usesZ, hasColon, parts, to: &text)
            case .fraction(let count, let trims, let mark): appendFraction(count, trims, mark, to: &text)
            default: appendNumber(piece, to: &text)
            }
        }

        private func appendNumber(_ piece: Piece, to text: inout [UInt8]) {
            let (value, width, fill): (Int, Int, Character) =
                switch piece {
                case .month: (date.month, 0, " ")
                case .zeroMonth: (date.month, 2, "0")
                case .day: (date.day, 0, " ")
                case .underDay: (date.day, 2, " ")
                case .zeroDay: (date.day, 2, "0")
                case .underYearDay: (yearDay, 3, " ")
                case .zeroYearDay: (yearDay, 3, "0")
                case .hour: (hour, 2, "0")
                case .hour12: (hour12, 0, " ")
                case .zeroHour12: (hour12, 2, "0")
                case .minute: (minute, 0, " ")
                case .zeroMinute: (minute, 2, "0")
                case .second: (second % 60, 0, " ")
                case .zeroSecond: (second % 60, 2, "0")
                case .year: (abs(date.year % 100), 2, "0")
                default: (date.year, 4, "0")
                }
            let digits = String(value.magnitude)
            if value < 0 { text.append(UInt8(ascii: "-")) }
            text += String(repeating: fill, count: max(0, width - digits.count)).utf8
            text += digits.utf8
        }

        private func appendOffset(_ usesZ: Bool, _ hasColon: Bool, _ parts: Int, to text: inout [UInt8]) {
            if usesZ, time.offsetSeconds == 0 { return text.append(UInt8(ascii: "Z")) }
            text.append(time.offsetSeconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            let offset = abs(time.offsetSeconds)
            for (index, value) in [offset / 3600, offset / 60 % 60, offset % 60].prefix(parts).enumerated() {
                if index > 0, hasColon { text.append(UInt8(ascii: ":")) }
                text += "\(value / 10)\(value % 10)".utf8
            }
        }

        private func appendFraction(_ count: Int, _ trims: Bool, _ mark: UInt8, to text: inout [UInt8]) {
            let digits = String(time.nanoseconds + 1_000_000_000).dropFirst().prefix(count)
            var fraction = String(digits) + String(repeating: "0", count: max(0, count - 9))
            if trims {
                while fraction.last == "0" { fraction.removeLast() }
                if fraction.isEmpty { return }
            }
            text.append(mark)
            text += fraction.utf8
        }
    }
}
