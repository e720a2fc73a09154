/// A way to write numbers of which each has exactly one text, and each text exactly one number.
protocol NumberText {
    /// The numbers that have a text.
    var range: ClosedRange<Int64> { get }
    /// The length of the longest text; writing one may touch ``ValueBuffer/readableBeyond`` bytes more.
    var lengthMax: Int { get }

    /// The number whose text this is; nil when there is none.
    mutating func number(of text: UnsafeRawPointer, length: Int) -> Int64?

    /// Writes the text of a number of `range` and returns its length.
    mutating func write(_ number: Int64, at target: UnsafeMutableRawPointer) -> Int
}
/// Whole numbers as everybody writes them: `0`, `17`, `-4`, but not `007`, `+1`, `-0`.
struct WholeText: NumberText {
    var range: ClosedRange<Int64> { -999_999_999_999_999_999...999_999_999_999_999_999 }
    var lengthMax: Int { 19 }

    @inline(__always)
    func number(of text: UnsafeRawPointer, length: Int) -> Int64? {
        guard length > 0 else { return nil }
        let isNegative = text.load(as: UInt8.self) == UInt8(ascii: "-")
        let digits = isNegative ? text + 1 : text
        let count = isNegative ? length - 1 : length
        guard count > 0, count <= 18 else { return nil }
        if digits.load(as: UInt8.self) == UInt8(ascii: "0") && length > 1 { return nil }
        guard let number = DecimalDigits.number(digits, length: count) else { return nil }
        return isNegative ? -Int64(number) : Int64(number)
    }

    @inline(__always)
    func write(_ number: Int64, at target: UnsafeMutableRawPointer) -> Int {
        guard number < 0 else { return DecimalDigits.write(UInt64(number), at: target) }
        target.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
        return DecimalDigits.write(number.magnitude, at: target + 1) + 1
    }
}

/// Numbers with leading zeros up to a fixed width of 1...18.
struct FixedDigitsText: NumberText {
    static let widthMax = 18

    let width: Int
    let range: ClosedRange<Int64>
    var lengthMax: Int { width }

    init(width: Int) {
        self.width = width
        range = 0...Int64(DecimalDigits.powers[width]) - 1
    }

    @inline(__always)
    func number(of text: UnsafeRawPointer, length: Int) -> Int64? {
        guard length == width else { return nil }
        return DecimalDigits.number(text, length: length).map { Int64($0) }
    }

    @inline(__always)
    func write(_ number: Int64, at target: UnsafeMutableRawPointer) -> Int {
        DecimalDigits.write(UInt64(number), width: width, at: target)
        return width
    }
}

/// IPv4 addresses as everybody writes them: four numbers of 0...255 without leading zeros.
struct IPv4Text: NumberText {
    var range: ClosedRange<Int64> { 0...Int64(UInt32.max) }
    var lengthMax: Int { 15 }

    @inline(__always)
    func number(of text: UnsafeRawPointer, length: Int) -> Int64? {
        guard length >= 7, length <= 15 else { return nil }
        var address: UInt32 = 0
        var part: UInt32 = 0
        var digits = 0
        var dots = 0
        for index in 0..<length {
            let byte = text.load(fromByteOffset: index, as: UInt8.self)
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                address = address &<< 8 | part
                dots += 1
                part = 0
                digits = 0
                continue
            }
            let digit = byte &- 0x30
            // A zero may only stand alone.
            guard digit <= 9, digits == 0 || part > 0 else { return nil }
            part = part &* 10 &+ UInt32(digit)
            digits += 1
            guard part <= 255 else { return nil }
        }
        guard dots == 3, digits > 0 else { return nil }
        return Int64(address &<< 8 | part)
    }

    @inline(__always)
    func write(_ number: Int64, at target: UnsafeMutableRawPointer) -> Int {
        var end = 0
        var shift: UInt64 = 32
        while shift > 0 {
            shift -= 8
            end += DecimalDigits.write(UInt64(number) &>> shift & 255, at: target + end)
            target.storeBytes(of: UInt8(ascii: "."), toByteOffset: end, as: UInt8.self)
            end += 1
        }
        return end - 1
    }
}
