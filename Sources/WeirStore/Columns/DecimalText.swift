/// Decimal fractions, kept as whole numbers of their smallest unit.
///
/// Two ways of writing them have one text for each number: all with the same number of decimals (`1.50`), or all
/// without zeros at the end (`1.5`), but for the one decimal that many programs leave (`2.0`).
struct DecimalText: NumberText {
    static let decimalsMax = 15

    /// Decimals of the unit: the most that a value has.
    let decimals: Int
    /// Decimals that even a value without any has; `decimals` when all have the same.
    let decimalsMin: Int
    private let unit: UInt64

    init(decimals: Int, decimalsMin: Int) {
        self.decimals = decimals
        self.decimalsMin = decimalsMin
        unit = DecimalDigits.powers[decimals]
    }

    /// The way in which all of some values may be written; nil when there is none.
    init?(_ values: ValueList) {
        var most = 0
        var least = Int.max
        for index in 0..<values.count {
            let text = values[index]
            guard text.count <= 20, !text.isEmpty else { return nil }
            var position = text.count - 1
            while position >= 0 && text[position] != UInt8(ascii: ".") { position -= 1 }
            let decimals = position < 0 ? 0 : text.count - 1 - position
            most = max(most, decimals)
            least = min(least, decimals)
        }
        guard most > 0, most <= DecimalText.decimalsMax else { return nil }
        self.init(decimals: most, decimalsMin: least == most ? most : min(least, 1))
    }

    var range: ClosedRange<Int64> { -999_999_999_999_999_999...999_999_999_999_999_999 }
    var lengthMax: Int { 21 }

    @inline(__always)
    func number(of text: UnsafeRawPointer, length: Int, readable: Int) -> Int64? {
        guard length > 0 else { return nil }
        if length <= 8, readable >= 8, let number = shortNumber(text, length) { return number }
        let isNegative = text.load(as: UInt8.self) == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        var number: UInt64 = 0
        var position = start
        var digits = 0
        var dot = length
        while position < length {
            let byte = text.load(fromByteOffset: position, as: UInt8.self)
            if byte == UInt8(ascii: ".") {
                guard dot == length else { return nil }
                dot = position
            } else {
                let digit = byte &- 0x30
                guard digit <= 9 else { return nil }
                number = number &* 10 &+ UInt64(digit)
                digits += 1
            }
            position += 1
        }
        let found = dot == length ? 0 : length - 1 - dot
        let whole = dot - start
        guard whole > 0, dot == length || found > 0, found <= decimals, found >= decimalsMin else { return nil }
        // No zeros before the number or, unless they have to be, behind it.
        if whole > 1 && text.load(fromByteOffset: start, as: UInt8.self) == UInt8(ascii: "0") { return nil }
        if found > decimalsMin && text.load(fromByteOffset: length - 1, as: UInt8.self) == UInt8(ascii: "0") {
            return nil
        }
        guard digits + decimals - found <= 18 else { return nil }
        number = number &* DecimalDigits.powers[decimals - found]
        if isNegative && number == 0 { return nil }
        return isNegative ? -Int64(number) : Int64(number)
    }

    /// The same for a text with a dot and without a sign in at most eight bytes, all at once; nil when it is another.
    @inline(__always)
    private func shortNumber(_ text: UnsafeRawPointer, _ length: Int) -> Int64? {
        let dots = DecimalDigits.zeros &- 0x0202_0202_0202_0202
        // The text moves up, zeros come in before it.
        let shift = UInt64(truncatingIfNeeded: length &<< 3)
        var word = UInt64(littleEndian: text.loadUnaligned(as: UInt64.self))
        if length < 8 { word = word &<< (64 &- shift) | DecimalDigits.zeros &>> shift }
        let difference = word ^ dots
        let hits = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
        guard hits != 0 else { return nil }
        let dot = hits.trailingZeroBitCount &- 7
        let found = 7 &- dot &>> 3
        let whole = length &- 1 &- found
        guard whole > 0, found > 0, found <= decimals, found >= decimalsMin, decimals &- found &+ length <= 18 else {
            return nil
        }
        let first = UInt8(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: 64 &- length &<< 3))
        if whole > 1 && first == UInt8(ascii: "0") { return nil }
        if found > decimalsMin && UInt8(truncatingIfNeeded: word &>> 56) == UInt8(ascii: "0") { return nil }
        // What stands before the dot moves over it.
        let before = (UInt64(1) &<< UInt64(truncatingIfNeeded: dot)) &- 1
        let digits = (word & before) &<< 8 | 0x30 | (word & ~(before &<< 8 | 0xff))
        guard let number = DecimalDigits.eightDigits(digits) else { return nil }
        return Int64(number &* DecimalDigits.powers[decimals &- found])
    }

    @inline(__always)
    func write(_ number: Int64, at target: UnsafeMutableRawPointer) -> Int {
        var end = 0
        if number < 0 {
            target.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
            end = 1
        }
        let whole = number.magnitude / unit
        end += DecimalDigits.write(whole, at: target + end)
        target.storeBytes(of: UInt8(ascii: "."), toByteOffset: end, as: UInt8.self)
        DecimalDigits.write(number.magnitude &- whole &* unit, width: decimals, at: target + end + 1)
        var kept = decimals
        while kept > decimalsMin && target.load(fromByteOffset: end + kept, as: UInt8.self) == UInt8(ascii: "0") {
            kept -= 1
        }
        return kept == 0 ? end : end + 1 + kept
    }
}
