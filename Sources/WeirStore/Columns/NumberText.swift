internal import CKernels

/// A way to write numbers of which each has exactly one text, and each text exactly one number.
protocol NumberText {
    /// The numbers that have a text.
    var range: ClosedRange<Int64> { get }
    /// The length of the longest text; writing one may touch ``ValueBuffer/readableBeyond`` bytes more.
    var lengthMax: Int { get }

    /// The number whose text this is; nil when there is none. `readable` bytes may be read from the text on.
    mutating func number(of text: UnsafeRawPointer, length: Int, readable: Int) -> Int64?

    /// Writes the text of a number of `range` and returns its length.
    mutating func write(_ number: Int64, at target: UnsafeMutableRawPointer) -> Int
}
/// Whole numbers as everybody writes them: `0`, `17`, `-4`, but not `007`, `+1`, `-0`.
struct WholeText: NumberText {
    var range: ClosedRange<Int64> { -999_999_999_999_999_999...999_999_999_999_999_999 }
    var lengthMax: Int { 19 }

    @inline(__always)
    func number(of text: UnsafeRawPointer, length: Int, readable: Int) -> Int64? {
        guard length > 0 else { return nil }
        let isNegative = text.load(as: UInt8.self) == UInt8(ascii: "-")
        let digits = isNegative ? text + 1 : text
        let count = isNegative ? length - 1 : length
        guard count > 0, count <= 18 else { return nil }
        if digits.load(as: UInt8.self) == UInt8(ascii: "0") && length > 1 { return nil }
        let rest = isNegative ? readable &- 1 : readable
        guard let number = DecimalDigits.number(digits, length: count, readable: rest) else { return nil }
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
    func number(of text: UnsafeRawPointer, length: Int, readable: Int) -> Int64? {
        guard length == width else { return nil }
        return DecimalDigits.number(text, length: length, readable: readable).map { Int64($0) }
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
    func number(of text: UnsafeRawPointer, length: Int, readable: Int) -> Int64? {
        let address = weir_ipv4(text.assumingMemoryBound(to: UInt8.self), length, readable)
        return address < 0 ? nil : address
    }

    @inline(__always)
    func write(_ number: Int64, at target: UnsafeMutableRawPointer) -> Int {
        // The four numbers in lanes of 16 bits, and their digits; the factors are exact for what is below 256.
        let pairs =
            (UInt64(truncatingIfNeeded: number) | UInt64(truncatingIfNeeded: number) &<< 16) & 0x0000_ffff_0000_ffff
        let parts = (pairs | pairs &<< 8) & 0x00ff_00ff_00ff_00ff
        let hundreds = ((parts &* 41) &>> 12) & 0x0003_0003_0003_0003
        let rest = parts &- hundreds &* 100
        let tens = ((rest &* 103) &>> 10) & 0x000f_000f_000f_000f
        let units = rest &- tens &* 10
        var end = 0
        var shift: UInt64 = 64
        while shift > 0 {
            shift &-= 16
            let hundred = UInt32(truncatingIfNeeded: hundreds &>> shift) & 0xff
            let ten = UInt32(truncatingIfNeeded: tens &>> shift) & 0xff
            let unit = UInt32(truncatingIfNeeded: units &>> shift) & 0xff
            let digits = (hundred | ten &<< 8 | unit &<< 16) &+ 0x2e30_3030
            // Bits of the zeros that are left out.
            let zeros: UInt32 = hundred > 0 ? 0 : ten > 0 ? 8 : 16
            target.storeBytes(of: (digits &>> zeros).littleEndian, toByteOffset: end, as: UInt32.self)
            end &+= 4 &- Int(zeros &>> 3)
        }
        return end - 1
    }
}
