/// Backslash sequences in quoted texts of Go and PromQL.
enum GoEscape {
    /// Reads the sequence at the backslash at `offset` and moves behind it; false, with `offset` kept, when it is none.
    static func read(
        _ bytes: UnsafeRawBufferPointer, at offset: inout Int, quote: UInt8, into target: inout [UInt8]
    ) -> Bool {
        guard offset + 1 < bytes.count else { return false }
        let letter = bytes[offset + 1]
        if let plain = simple(letter, quote: quote) {
            target.append(plain)
            offset += 2
            return true
        }
        switch letter {
        case UInt8(ascii: "x"): return readNumber(bytes, at: &offset, skip: 2, digits: 2, radix: 16, into: &target)
        case UInt8(ascii: "u"): return readNumber(bytes, at: &offset, skip: 2, digits: 4, radix: 16, into: &target)
        case UInt8(ascii: "U"): return readNumber(bytes, at: &offset, skip: 2, digits: 8, radix: 16, into: &target)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            return readNumber(bytes, at: &offset, skip: 1, digits: 3, radix: 8, into: &target)
        default: return false
        }
    }

    private static func simple(_ letter: UInt8, quote: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "a"): 0x07
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "v"): 0x0b
        case UInt8(ascii: "\\"): letter
        case quote: letter
        default: nil
        }
    }

    /// Two hexadecimal or three octal digits are a byte, four or eight hexadecimal ones a character.
    private static func readNumber(
        _ bytes: UnsafeRawBufferPointer, at offset: inout Int, skip: Int, digits: Int, radix: UInt32,
        into target: inout [UInt8]
    ) -> Bool {
        let start = offset + skip
        guard start + digits <= bytes.count else { return false }
        var value: UInt32 = 0
        for position in start..<start + digits {
            guard let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue, digit < radix else {
                return false
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: radix)
            guard !overflow else { return false }
            value = product + UInt32(digit)
        }
        if digits < 4 {
            guard let byte = UInt8(exactly: value) else { return false }
            target.append(byte)
        } else {
            guard let scalar = Unicode.Scalar(value) else { return false }
            target.append(contentsOf: UTF8.encode(scalar)!)
        }
        offset = start + digits
        return true
    }
}
