internal import CKernels
internal import WeirBytes

/// Looks at the bytes of one line where they lie: finds the ends of holes and compares literals.
///
/// `bytes` is a whole arena, of which the line is `start..<end`; words may be read behind the line but not behind the
/// arena. It must outlive the scan.
struct LineScan {
    let bytes: UnsafeRawPointer
    let arenaEnd: Int
    let start: Int
    let end: Int

    @inline(__always)
    func byte(_ position: Int) -> UInt8 { bytes.load(fromByteOffset: position, as: UInt8.self) }

    /// Whether the `length` bytes from `position` on, which lie in the line, are those of `literal`, behind which
    /// ``ShapeTable/readableBeyond`` bytes can be read.
    @inline(__always)
    func isEqual(_ literal: UnsafeRawPointer, at position: Int, _ length: Int) -> Bool {
        weir_has_prefix(text + position, literal.assumingMemoryBound(to: UInt8.self), length, arenaEnd &- position) != 0
    }

    @inline(__always)
    private var text: UnsafePointer<UInt8> { bytes.assumingMemoryBound(to: UInt8.self) }

    // MARK: - JSON

    /// Where the string that starts at `position`, behind its quote, ends: at its closing quote. Nil without one, or
    /// when a backslash is followed by what no escape is.
    @inline(__always)
    func endOfString(from position: Int) -> Int? {
        let stop = weir_end_of_plain_string(text, position, end, arenaEnd)
        guard stop < end else { return nil }
        return byte(stop) == UInt8(ascii: "\"") ? stop : endOfEscapedString(from: stop)
    }

    /// The same, byte by byte.
    @inline(never)
    private func endOfEscapedString(from position: Int) -> Int? {
        var position = position
        while position < end {
            switch byte(position) {
            case UInt8(ascii: "\""): return position
            case UInt8(ascii: "\\"):
                guard let next = endOfEscape(at: position) else { return nil }
                position = next
            default: position += 1
            }
        }
        return nil
    }

    private func endOfEscape(at position: Int) -> Int? {
        guard position + 1 < end else { return nil }
        switch byte(position + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return position + 2
        case UInt8(ascii: "u"):
            guard position + 6 <= end else { return nil }
            for digit in position + 2..<position + 6 {
                let isDigit = byte(digit) &- UInt8(ascii: "0") < 10
                guard isDigit || (byte(digit) | 0x20) &- UInt8(ascii: "a") < 6 else { return nil }
            }
            return position + 6
        default: return nil
        }
    }

    /// Where the number, `true`, `false` or `null` at `position` ends; nil when there is none.
    @inline(__always)
    func endOfScalar(from first: Int) -> Int? {
        guard first < end else { return nil }
        switch byte(first) {
        case UInt8(ascii: "t"): return endOfWord("true", from: first)
        case UInt8(ascii: "f"): return endOfWord("false", from: first)
        case UInt8(ascii: "n"): return endOfWord("null", from: first)
        default: break
        }
        var position = first
        if byte(position) == UInt8(ascii: "-") { position += 1 }
        let whole = position
        position = endOfDigits(from: position)
        if position == whole || (position > whole + 1 && byte(whole) == UInt8(ascii: "0")) { return nil }
        guard position < end else { return position }
        if byte(position) == UInt8(ascii: ".") {
            let fraction = position + 1
            position = endOfDigits(from: fraction)
            if position == fraction { return nil }
        }
        guard position < end, byte(position) | 0x20 == UInt8(ascii: "e") else { return position }
        position += 1
        if position < end, byte(position) == UInt8(ascii: "+") || byte(position) == UInt8(ascii: "-") { position += 1 }
        let exponent = position
        position = endOfDigits(from: exponent)
        return position == exponent ? nil : position
    }

    @inline(__always)
    private func endOfDigits(from position: Int) -> Int {
        weir_end_of_digits(text, position, end, arenaEnd)
    }

    private func endOfWord(_ word: StaticString, from position: Int) -> Int? {
        let length = word.utf8CodeUnitCount
        guard position + length <= end else { return nil }
        for index in 0..<length where byte(position + index) != word.utf8Start[index] { return nil }
        return position + length
    }

    /// Where the array at `position` ends; nil when it is not one.
    @inline(never)
    func endOfArray(from position: Int) -> Int? {
        guard position < end, byte(position) == UInt8(ascii: "[") else { return nil }
        let line = UnsafeRawBufferPointer(start: bytes + start, count: end - start)
        var scanner = JSONScanner(line, from: position - start)
        guard let range = try? scanner.skipValue(depthMax: LineScan.depthMax) else { return nil }
        return start + range.upperBound
    }

    /// How deep arrays and objects may nest; what is deeper is no JSON shape.
    static let depthMax = 8

    // MARK: - logfmt

    /// Where the bare value at `position` ends: at a byte up to the space or at the line's end. Nil when a byte stands
    /// in it that only a quoted value may hold.
    @inline(__always)
    func endOfBareValue(from position: Int) -> Int? {
        let stop = weir_end_of_bare_value(text, position, end, arenaEnd)
        return stop < end && byte(stop) > 0x20 ? nil : stop
    }

    /// Where the quoted value that starts at `position`, behind its quote, ends: at its closing quote.
    @inline(__always)
    func endOfQuotedValue(from position: Int) -> Int? {
        var position = position
        while position < end {
            switch byte(position) {
            case UInt8(ascii: "\""): return position
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    // MARK: - Text

    /// Where the run of word bytes at `position` ends, if there is a digit among them.
    @inline(__always)
    func endOfNumberedWord(from position: Int) -> Int? {
        let stop = weir_end_of_numbered_word(text, position, end, arenaEnd)
        return stop > position ? stop : nil
    }
}
