extension GoLayout {
    /// Reads a time by a layout; nil when the text does not fit it.
    ///
    /// - Parameter zone: gives offset and name of the zone for a text without an offset; the argument is the time of the
    ///   clock there, in seconds since 1970 as if it were UTC.
    public static func parse(
        _ text: String, _ layout: String, zone: (Int64) -> (offsetSeconds: Int, name: String)
    ) -> TemplateTime? {
        var reading = Reading(rest: Array(text.utf8)[...])
        let pieces = pieces(of: layout)
        for (index, piece) in pieces.enumerated() {
            let next = index + 1 < pieces.count ? pieces[index + 1] : nil
            guard reading.read(piece, next: next) else { return nil }
        }
        guard reading.rest.isEmpty else { return nil }
        return reading.time(zone: zone)
    }

    /// What was read so far.
    private struct Reading {
        var rest: ArraySlice<UInt8>
        private var year = 0
        private var month: Int?
        private var day: Int?
        private var yearDay: Int?
        private var hour = 0
        private var minute = 0
        private var second = 0
        private var nanoseconds: Int64 = 0
        private var isAfternoon: Bool?
        private var offset: Int?
        private var zoneName: String?

        init(rest: ArraySlice<UInt8>) {
            self.rest = rest
        }

        mutating func read(_ piece: Piece, next: Piece?) -> Bool {
            switch piece {
            case .literal(let byte): return readLiteral(byte)
            case .longMonth, .shortMonth:
                month = readName(of: GoLayout.months, isShort: piece == .shortMonth).map { $0 + 1 }
                return month != nil
            case .longWeekday, .shortWeekday:
                return readName(of: GoLayout.weekdays, isShort: piece == .shortWeekday) != nil
            case .upperHalf, .lowerHalf: return readHalf()
            case .zoneName: return readZoneName()
            case .offset(let usesZ, let hasColon, let parts): return readOffset(usesZ, hasColon, parts)
            case .fraction(let count, let trims, _): return readFraction(count, isOptional: trims)
            case .second, .zeroSecond:
                guard let value = readNumber(fixed: piece == .zeroSecond), value < 60 else { return false }
                second = value
                // A fraction behind the seconds is read even where the layout has none.
                if case .fraction? = next { return true }
                if let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","),
                    rest.dropFirst().first.map({ $0 &- 0x30 < 10 }) == true
                {
                    let count = rest.dropFirst().prefix { $0 &- 0x30 < 10 }.count
                    return readFraction(count, isOptional: true)
                }
                return true
            default: return readCalendar(piece)
            }
        }

        private mutating func readCalendar(_ piece: Piece) -> Bool {
            switch piece {
            case .longYear:
                guard let value = readDigits(4, 4) else { return false }
                year = value
            case .year:
                guard let value = readDigits(2, 2) else { return false }
                year = value >= 69 ? 1900 + value : 2000 + value
            case .month, .zeroMonth:
                guard let value = readNumber(fixed: piece == .zeroMonth), (1...12).contains(value) else { return false }
                month = value
            case .day, .underDay, .zeroDay:
                if piece == .underDay, rest.first == UInt8(ascii: " ") { rest.removeFirst() }
                guard let value = readNumber(fixed: piece == .zeroDay), value >= 1 else { return false }
                day = value
            case .underYearDay, .zeroYearDay:
                while piece == .underYearDay, rest.first == UInt8(ascii: " ") { rest.removeFirst() }
                guard let value = readDigits(piece == .zeroYearDay ? 3 : 1, 3) else { return false }
                yearDay = value
            case .hour:
                guard let value = readDigits(1, 2), value < 24 else { return false }
                hour = value
            case .hour12, .zeroHour12:
                guard let value = readNumber(fixed: piece == .zeroHour12), value <= 12 else { return false }
                hour = value
            default:
                guard let value = readNumber(fixed: piece == .zeroMinute), value < 60 else { return false }
                minute = value
            }
            return true
        }

        private mutating func readLiteral(_ byte: UInt8) -> Bool {
            // A blank of the layout stands for any number of them.
            if byte == UInt8(ascii: " ") {
                let count = rest.prefix { $0 == byte }.count
                rest.removeFirst(count)
                return count > 0 || rest.isEmpty
            }
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }

        private mutating func readDigits(_ minimum: Int, _ maximum: Int) -> Int? {
            let digits = rest.prefix(maximum).prefix { $0 &- 0x30 < 10 }
            guard digits.count >= minimum else { return nil }
            rest.removeFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }

        private mutating func readNumber(fixed: Bool) -> Int? { readDigits(fixed ? 2 : 1, 2) }

        private mutating func readName(of names: [String], isShort: Bool) -> Int? {
            for (index, name) in names.enumerated() {
                let wanted = isShort ? Array(name.utf8.prefix(3)) : Array(name.utf8)
                guard rest.count >= wanted.count, zip(rest, wanted).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else {
                    continue
                }
                rest.removeFirst(wanted.count)
                return index
            }
            return nil
        }

        private mutating func readHalf() -> Bool {
            let half = rest.prefix(2).map { $0 & ~0x20 }
            guard half == Array("AM".utf8) || half == Array("PM".utf8) else { return false }
            isAfternoon = half[0] == UInt8(ascii: "P")
            rest.removeFirst(2)
            return true
        }

        private mutating func readZoneName() -> Bool {
            let letters = rest.prefix { $0 &- 0x41 < 26 }
            guard (3...5).contains(letters.count) else { return false }
            zoneName = String(decoding: letters, as: UTF8.self)
            rest.removeFirst(letters.count)
            return true
        }

        private mutating func readOffset(_ usesZ: Bool, _ hasColon: Bool, _ parts: Int) -> Bool {
            if usesZ, rest.first == UInt8(ascii: "Z") {
                rest.removeFirst()
                offset = 0
                return true
            }
            guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
            rest.removeFirst()
            var total = 0
            for index in 0..<parts {
                if index > 0, hasColon {
                    guard rest.first == UInt8(ascii: ":") else { return false }
                    rest.removeFirst()
                }
                guard let value = readDigits(2, 2) else { return false }
                total += value * [3600, 60, 1][index]
            }
            offset = sign == UInt8(ascii: "-") ? -total : total
            return true
        }

        private mutating func readFraction(_ count: Int, isOptional: Bool) -> Bool {
            guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") else {
                return isOptional
            }
            let digits = rest.dropFirst().prefix { $0 &- 0x30 < 10 }
            guard isOptional || digits.count == count else { return false }
            rest.removeFirst(digits.count + 1)
            let padded = Array(digits.prefix(9)) + [UInt8](repeating: 0x30, count: max(0, 9 - digits.count))
            nanoseconds = padded.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
            return true
        }

        func time(zone: (Int64) -> (offsetSeconds: Int, name: String)) -> TemplateTime? {
            var hour = hour
            if isAfternoon == true, hour < 12 { hour += 12 }
            if isAfternoon == false, hour == 12 { hour = 0 }
            var date = CivilDate(year: year, month: month ?? 1, day: day ?? 1)
            if let yearDay {
                guard yearDay >= 1, yearDay <= (CivilDate.isLeap(year) ? 366 : 365) else { return nil }
                let first = CivilDate(year: year, month: 1, day: 1).daysSince1970
                date = CivilDate(daysSince1970: first + yearDay - 1)
            }
            guard date.day <= CivilDate.dayCount(date.month, date.year) else { return nil }
            let clock = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
            if let offset {
                let name = zoneName ?? (offset == 0 ? "UTC" : "")
                return TemplateTime(
                    seconds: clock - Int64(offset), nanoseconds: nanoseconds, offsetSeconds: offset, zone: name)
            }
            if let zoneName, zoneName != "UTC" {
                return TemplateTime(seconds: clock, nanoseconds: nanoseconds, zone: zoneName)
            }
            let found = zoneName == nil ? zone(clock) : (0, "UTC")
            return TemplateTime(
                seconds: clock - Int64(found.0), nanoseconds: nanoseconds, offsetSeconds: found.0, zone: found.1)
        }
    }
}
