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
    func number(of text: UnsafeRawPointer, length: Int) -> Int64? {
        guard length > 0 else { return nil }
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
