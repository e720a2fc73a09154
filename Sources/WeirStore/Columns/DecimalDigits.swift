/// Decimal digits, eight at a time.
enum DecimalDigits {
    static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// The powers of ten that fit.
    static let powers: [UInt64] = (0..<20).map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 } }

    /// The eight digits of `number`, which is below 10^8, as bytes 0...9, the first in the lowest byte.
    ///
    /// Splits into halves of four, two and one digit in parallel lanes; the factors are reciprocals that are exact for
    /// what lanes can hold.
    @inline(__always)
    static func eight(_ number: UInt64) -> UInt64 {
        let high = number / 10_000
        let fours = high | (number &- high &* 10_000) &<< 32
        let hundreds = ((fours &* 10_486) &>> 20) & 0x0000_007f_0000_007f
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = ((twos &* 103) &>> 10) & 0x000f_000f_000f_000f
        return tens | (twos &- tens &* 10) &<< 8
    }

    /// Writes `number` without leading zeros; touches up to 24 bytes.
    @inline(__always)
    static func write(_ number: UInt64, at target: UnsafeMutableRawPointer) -> Int {
        if number < 100_000_000 { return writeHead(number, at: target) }
        let upper = number / 100_000_000
        if upper < 100_000_000 {
            let head = writeHead(upper, at: target)
            writeEight(number &- upper &* 100_000_000, at: target + head)
            return head + 8
        }
        let top = upper / 100_000_000
        let head = writeHead(top, at: target)
        writeEight(upper &- top &* 100_000_000, at: target + head)
        writeEight(number &- upper &* 100_000_000, at: target + head + 8)
        return head + 16
    }

    /// Writes the lowest `width` (at most 18) digits of `number` with leading zeros; touches up to 24 bytes.
    @inline(__always)
    static func write(_ number: UInt64, width: Int, at target: UnsafeMutableRawPointer) {
        var rest = number
        var end = width
        while end > 8 {
            let upper = rest / 100_000_000
            writeEight(rest &- upper &* 100_000_000, at: target + end - 8)
            rest = upper
            end -= 8
        }
        if end == 0 { return }
        // What stands behind is written already, so a whole word must not be stored.
        var word = (eight(rest % 100_000_000) | zeros) &>> UInt64(64 - end * 8)
        if end == width {
            target.storeBytes(of: word.littleEndian, as: UInt64.self)
            return
        }
        for index in 0..<end {
            target.storeBytes(of: UInt8(truncatingIfNeeded: word), toByteOffset: index, as: UInt8.self)
            word &>>= 8
        }
    }

    /// The number that `length` digits (at most 18) stand for; nil when one is no digit. `readable` bytes may be read.
    @inline(__always)
    static func number(_ text: UnsafeRawPointer, length: Int, readable: Int) -> UInt64? {
        var number: UInt64 = 0
        var start = 0
        while start &+ 8 <= length {
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            guard let eight = eightDigits(word) else { return nil }
            number = number &* 100_000_000 &+ eight
            start &+= 8
        }
        let rest = length &- start
        if rest == 0 { return number }
        if start &+ 8 <= readable {
            // The digits move up, zeros come in before them.
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            let shift = UInt64(truncatingIfNeeded: rest &<< 3)
            guard let last = eightDigits(word &<< (64 &- shift) | zeros &>> shift) else { return nil }
            return number &* shortPower(rest) &+ last
        }
        for index in start..<length {
            let digit = text.load(fromByteOffset: index, as: UInt8.self) &- 0x30
            if digit > 9 { return nil }
            number = number &* 10 &+ UInt64(digit)
        }
        return number
    }

    /// Ten to the power of 0...7.
    @inline(__always)
    private static func shortPower(_ exponent: Int) -> UInt64 {
        // Powers of a few factors, so that nothing is looked up.
        let one: UInt64 = exponent & 1 == 0 ? 1 : 10
        let two: UInt64 = exponent & 2 == 0 ? 1 : 100
        let four: UInt64 = exponent & 4 == 0 ? 1 : 10_000
        return one &* two &* four
    }

    /// The number that eight digits stand for, the first in the lowest byte; nil when one is no digit.
    @inline(__always)
    static func eightDigits(_ word: UInt64) -> UInt64? {
        // A byte is a digit when its upper half is 3 and stays so when 6 is added.
        guard (word & (word &+ 0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == zeros else { return nil }
        // Adds neighbours: tens, then hundreds, then ten thousands.
        var sum = word &- zeros
        sum = (sum &* 10 &+ sum &>> 8) & 0x00ff_00ff_00ff_00ff
        sum = (sum &* 100 &+ sum &>> 16) & 0x0000_ffff_0000_ffff
        return (sum &* 10_000 &+ sum &>> 32) & 0xffff_ffff
    }

    @inline(__always)
    private static func writeHead(_ number: UInt64, at target: UnsafeMutableRawPointer) -> Int {
        let digits = eight(number)
        let leading = min(digits.trailingZeroBitCount &>> 3, 7)
        let word = (digits | zeros) &>> UInt64(leading &<< 3)
        target.storeBytes(of: word.littleEndian, as: UInt64.self)
        return 8 &- leading
    }

    @inline(__always)
    private static func writeEight(_ number: UInt64, at target: UnsafeMutableRawPointer) {
        target.storeBytes(of: (eight(number) | zeros).littleEndian, as: UInt64.self)
    }
}
