internal import WeirBytes

/// Instants as programs write them, counted in units of their last digit since 1970; a zone is part of the text and
/// changes nothing about the count.
struct ClockText: NumberText {
    /// How the date is written. On disk, never renumber.
    enum Layout: UInt8 {
        /// `2026-11-21T03:44:40.5Z`, with any byte for the `T` and the `.`.
        case iso = 0
        /// `21/Nov/2026:03:44:40 +0000`.
        case apache = 1
        /// `Nov  1 03:44:40`; the year is the column's.
        case syslog = 2
    }

    private static let zoneMax = 8
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        .map { Array($0.utf8) }

    let layout: Layout
    /// What stands between date and time.
    private let separator: UInt8
    /// What stands before the fraction.
    private let mark: UInt8
    /// Digits of the fraction.
    private let digits: Int
    /// Whether zeros at the fraction's end, and then its mark, are left out.
    private let isStripped: Bool
    private let zone: UInt64
    private let zoneLength: Int
    /// The year of texts without.
    private let year: Int64
    /// Units of a second.
    private let unit: Int64

    // The day that was read or written last, and its text with the separator.
    private var day = Int64.min
    private var dayWords: (UInt64, UInt64) = (0, 0)

    /// Bytes of the date and the separator.
    private var dayLength: Int {
        switch layout {
        case .iso: 11
        case .apache: 12
        case .syslog: 7
        }
    }

    /// The classes of all bytes that texts may hold.
    var classes: ByteClasses {
        var bytes = [separator] + (0..<zoneLength).map { UInt8(truncatingIfNeeded: zone >> UInt64($0 * 8)) }
        if digits > 0 { bytes.append(mark) }
        var classes = bytes.withUnsafeBytes { ByteClasses(of: $0) }
        classes.formUnion([.digit, .colon])
        switch layout {
        case .iso: classes.insert(.minus)
        case .apache: classes.formUnion([.slash, .lowerHex, .lower, .upperHex, .upper])
        case .syslog: classes.formUnion([.space, .lowerHex, .lower, .upperHex, .upper])
        }
        return classes
    }

    /// Nanoseconds of a unit.
    var nanoseconds: Int64 { 1_000_000_000 / unit }
    /// The length of every text; nil when zeros are left out.
    var length: Int? { isStripped ? nil : dayLength + 8 + (digits > 0 ? digits + 1 : 0) + zoneLength }
    var lengthMax: Int { dayLength + 8 + digits + 1 + zoneLength }

    var range: ClosedRange<Int64> {
        // All seconds of the years 0...9999, as far as units of them fit.
        let first: Int64 = -62_167_219_200
        let last: Int64 = 253_402_300_799
        let bound = Int64.max / unit - 1
        return max(first, -bound) * unit...min(last, bound) * unit + unit - 1
    }

    /// How all of some values may be written, judged by the longest; nil when that is no instant.
    init?(_ values: ValueList, _ profile: ValueProfile) {
        guard profile.lengthMin >= 15, profile.lengthMax <= 40,
            let longest = values.lengths.firstIndex(of: profile.lengthMax)
        else { return nil }
        let text = values[longest]
        let start: Int
        if text[4] == UInt8(ascii: "-") && text[7] == UInt8(ascii: "-") {
            (layout, separator, start) = (.iso, text[10], 19)
        } else if text[2] == UInt8(ascii: "/") && text[6] == UInt8(ascii: "/") {
            (layout, separator, start) = (.apache, text[11], 20)
        } else if text[3] == UInt8(ascii: " ") && text[6] == UInt8(ascii: " ") {
            (layout, separator, start) = (.syslog, text[6], 15)
        } else {
            return nil
        }
        guard text.count >= start else { return nil }
        var end = start + 1
        while end < text.count, text[end] &- 0x30 <= 9 { end += 1 }
        let hasFraction =
            text.count > start + 1 && end > start + 1
            && (text[start] == UInt8(ascii: ".") || text[start] == UInt8(ascii: ","))
        mark = hasFraction ? text[start] : 0
        digits = hasFraction ? end - start - 1 : 0
        isStripped = profile.lengthMin != profile.lengthMax
        let rest = hasFraction ? text[end...] : text[start...]
        guard digits <= 9, rest.count <= ClockText.zoneMax else { return nil }
        var word: UInt64 = 0
        for (index, byte) in rest.enumerated() { word |= UInt64(byte) << UInt64(index * 8) }
        zone = word
        zoneLength = rest.count
        unit = Int64(DecimalDigits.powers[digits])
        year = Civil.date(ofDay: Civil.floor(values.timestamps[longest], 86_400_000_000_000)).year
    }

    /// Reads the head of a column.
    init(_ source: inout ColumnSource) throws(CorruptionError) {
        let before = source
        let id: UInt8 = try source.read("layout")
        separator = try source.read("separator")
        mark = try source.read("mark")
        let fraction: UInt8 = try source.read("digits")
        let zoneCount: UInt8 = try source.read("zone")
        zone = try source.read("zone")
        let yearFound = try source.readVarint("year")
        guard let layout = Layout(rawValue: id), fraction & 0x7f <= 9, Int(zoneCount) <= ClockText.zoneMax,
            yearFound <= 9999
        else {
            throw before.corruption(
                "layout", expected: "0...2, at most 9 digits and 8 bytes of zone",
                found: "\(id), \(fraction), \(zoneCount)")
        }
        self.layout = layout
        digits = Int(fraction & 0x7f)
        isStripped = fraction & 0x80 != 0
        zoneLength = Int(zoneCount)
        year = Int64(yearFound)
        unit = Int64(DecimalDigits.powers[digits])
    }

    func appendHead(to writer: inout ByteWriter) {
        writer.append(layout.rawValue)
        writer.append(separator)
        writer.append(mark)
        writer.append(UInt8(digits) | (isStripped ? 0x80 : 0))
        writer.append(UInt8(zoneLength))
        writer.append(zone)
        writer.appendVarint(UInt64(max(year, 0)))
    }

    /// What a row's timestamp is in units of the text.
    @inline(__always)
    func base(_ timestamp: Int64) -> Int64 {
        Civil.floor(timestamp, nanoseconds)
    }

    mutating func number(of text: UnsafeRawPointer, length: Int, readable: Int) -> Int64? {
        let dayLength = dayLength
        guard length >= dayLength + 8 + zoneLength else { return nil }
        let isSameDay = withUnsafeBytes(of: dayWords) {
            day != .min && ValueTable.isEqual(text, $0.baseAddress!, dayLength)
        }
        if !isSameDay { guard readDay(text) else { return nil } }
        let word = text.loadUnaligned(fromByteOffset: dayLength, as: UInt64.self)
        let values = word & 0x0f0f_0f0f_0f0f_0f0f
        let pairs = values &* 10 &+ values &>> 8
        let hour = pairs & 0xff
        let minute = (pairs &>> 24) & 0xff
        let second = (pairs &>> 48) & 0xff
        guard hour < 24, minute < 60, second < 60, ClockText.word(hour, minute, second) == word else { return nil }
        let seconds = day &* 86_400 &+ Int64(hour &* 3600 &+ minute &* 60 &+ second)
        guard
            let fraction = fraction(
                text + dayLength + 8, length: length - dayLength - 8 - zoneLength, readable: readable - dayLength - 8)
        else {
            return nil
        }
        for index in 0..<zoneLength {
            let byte = text.load(fromByteOffset: length - zoneLength + index, as: UInt8.self)
            guard byte == UInt8(truncatingIfNeeded: zone &>> UInt64(index &* 8)) else { return nil }
        }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        let (sum, exceeds) = product.addingReportingOverflow(fraction)
        return exceeds || !range.contains(sum) ? nil : sum
    }

    private func fraction(_ text: UnsafeRawPointer, length: Int, readable: Int) -> Int64? {
        if length == 0 { return isStripped || digits == 0 ? 0 : nil }
        guard length > 1, length - 1 <= digits, text.load(as: UInt8.self) == mark else { return nil }
        if isStripped {
            guard text.load(fromByteOffset: length - 1, as: UInt8.self) != UInt8(ascii: "0") else { return nil }
        } else if length - 1 != digits {
            return nil
        }
        return DecimalDigits.number(text + 1, length: length - 1, readable: readable - 1).map {
            Int64($0 &* DecimalDigits.powers[digits - length + 1])
        }
    }

    /// Reads the date and keeps it, if it is written as this layout writes it.
    private mutating func readDay(_ text: UnsafeRawPointer) -> Bool {
        day = .min
        guard let date = date(text), date.month >= 1, date.month <= 12, date.day >= 1,
            date.day <= Civil.days(ofMonth: date.month, year: date.year)
        else { return false }
        setDay(Civil.day(of: date))
        let isSame = withUnsafeBytes(of: dayWords) { ValueTable.isEqual(text, $0.baseAddress!, dayLength) }
        if !isSame { day = .min }
        return isSame
    }

    private func date(_ text: UnsafeRawPointer) -> Civil.Date? {
        func number(_ offset: Int, _ length: Int) -> Int64? {
            DecimalDigits.number(text + offset, length: length, readable: length).map { Int64($0) }
        }
        func month(_ offset: Int) -> Int64? {
            let name = UnsafeRawBufferPointer(start: text + offset, count: 3)
            return ClockText.months.firstIndex { $0.elementsEqual(name) }.map { Int64($0) + 1 }
        }
        switch layout {
        case .iso:
            guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2) else { return nil }
            return Civil.Date(year: year, month: month, day: day)
        case .apache:
            guard let year = number(7, 4), let month = month(3), let day = number(0, 2) else { return nil }
            return Civil.Date(year: year, month: month, day: day)
        case .syslog:
            let isPadded = text.load(fromByteOffset: 4, as: UInt8.self) == UInt8(ascii: " ")
            guard let month = month(0), let day = isPadded ? number(5, 1) : number(4, 2) else { return nil }
            return Civil.Date(year: year, month: month, day: day)
        }
    }

    /// Keeps a day and its text.
    private mutating func setDay(_ number: Int64) {
        day = number
        let date = Civil.date(ofDay: number)
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { room in
            let text = room.baseAddress!
            let year = UInt64(date.year)
            let month = UInt64(date.month)
            let day = UInt64(date.day)
            let name = ClockText.months[Int(date.month) - 1]
            switch layout {
            case .iso:
                room.storeBytes(of: DecimalDigits.eight(year * 10_000 + month * 100 + day), as: UInt64.self)
                let digits = Array(room[0..<8])
                let line = digits[0..<4] + [0xfd] + digits[4..<6] + [0xfd] + digits[6..<8]
                room.copyBytes(from: line.map { $0 &+ 0x30 } + [separator])
            case .apache:
                DecimalDigits.write(day, width: 2, at: text)
                room[2] = UInt8(ascii: "/")
                UnsafeMutableRawBufferPointer(rebasing: room[3...]).copyBytes(from: name + [UInt8(ascii: "/")])
                DecimalDigits.write(year, width: 4, at: text + 7)
                room[11] = separator
            case .syslog:
                room.copyBytes(from: name + [UInt8(ascii: " ")])
                DecimalDigits.write(day, width: 2, at: text + 4)
                if room[4] == UInt8(ascii: "0") { room[4] = UInt8(ascii: " ") }
                room[6] = separator
            }
        }
        dayWords = words
    }

    mutating func write(_ number: Int64, at target: UnsafeMutableRawPointer) -> Int {
        let seconds = Civil.floor(number, unit)
        let fraction = UInt64(number &- seconds &* unit)
        let today = Civil.floor(seconds, 86_400)
        if today != day { setDay(today) }
        target.storeBytes(of: dayWords.0, as: UInt64.self)
        target.storeBytes(of: dayWords.1, toByteOffset: 8, as: UInt64.self)
        var end = dayLength
        let second = UInt64(seconds &- today &* 86_400)
        target.storeBytes(
            of: ClockText.word(second / 3600, second / 60 % 60, second % 60), toByteOffset: end, as: UInt64.self)
        end += 8
        if digits > 0 && !(isStripped && fraction == 0) {
            target.storeBytes(of: mark, toByteOffset: end, as: UInt8.self)
            DecimalDigits.write(fraction, width: digits, at: target + end + 1)
            end += digits + 1
            while isStripped && target.load(fromByteOffset: end - 1, as: UInt8.self) == UInt8(ascii: "0") { end -= 1 }
        }
        target.storeBytes(of: zone, toByteOffset: end, as: UInt64.self)
        return end + zoneLength
    }

    /// `hh:mm:ss`: the digits of hh0mm0ss with two zeros turned into colons.
    @inline(__always)
    private static func word(_ hour: UInt64, _ minute: UInt64, _ second: UInt64) -> UInt64 {
        let digits = DecimalDigits.eight(hour &* 1_000_000 &+ minute &* 1000 &+ second)
        return (digits | DecimalDigits.zeros) &+ 0x0000_0a00_000a_0000
    }
}
