internal import WeirBytes

/// Texts of hexadecimal digits, all of one length and one case, or of UUIDs, as two digits a byte.
///
///     u8 case (0 lower, 1 upper) | varint width | half bytes, each text filled up to whole bytes
struct HexText {
    static let widthMax = 1024

    let isUpper: Bool
    /// Digits of a text.
    let digits: Int
    let isUUID: Bool

    /// Bytes of a text.
    var length: Int { isUUID ? 36 : digits }
    /// Bytes that a text takes in the column.
    var stride: Int { (digits + 1) / 2 }

    /// How `text` may be written; nil when it has neither form.
    init?(sample text: UnsafeRawBufferPointer) {
        isUUID = text.count == 36 && text[8] == UInt8(ascii: "-")
        digits = isUUID ? 32 : text.count
        guard digits > 0, digits <= HexText.widthMax else { return nil }
        isUpper = text.contains { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "F") }
    }

    init(isUpper: Bool, digits: Int, isUUID: Bool) {
        self.isUpper = isUpper
        self.digits = digits
        self.isUUID = isUUID
    }

    /// Reads the head of a column.
    init(_ source: inout ColumnSource, isUUID: Bool) throws(CorruptionError) {
        let letters: UInt8 = try source.read("case")
        let width = try source.readVarint("width")
        guard letters <= 1, width > 0, width <= UInt64(HexText.widthMax), !isUUID || width == 32 else {
            throw source.corruption(
                "head", expected: "case 0 or 1, width 1...\(HexText.widthMax)", found: "\(letters), \(width)")
        }
        self.init(isUpper: letters == 1, digits: Int(width), isUUID: isUUID)
    }

    func appendHead(to writer: inout ByteWriter) {
        writer.append(isUpper ? UInt8(1) : 0)
        writer.appendVarint(UInt64(digits))
    }

    /// Packs a text to `stride` bytes, touching up to 4 more; false when it does not have the form.
    @inline(__always)
    func pack(_ text: UnsafeRawPointer, to target: UnsafeMutableRawPointer) -> Bool {
        guard isUUID else { return packDigits(text, count: digits, to: target) }
        return packUUID(text, to: target)
    }

    private func packUUID(_ text: UnsafeRawPointer, to target: UnsafeMutableRawPointer) -> Bool {
        for offset in [8, 13, 18, 23] where text.load(fromByteOffset: offset, as: UInt8.self) != UInt8(ascii: "-") {
            return false
        }
        return packDigits(text, count: 8, to: target) && packDigits(text + 9, count: 4, to: target + 4)
            && packDigits(text + 14, count: 4, to: target + 6) && packDigits(text + 19, count: 4, to: target + 8)
            && packDigits(text + 24, count: 12, to: target + 10)
    }

    @inline(__always)
    private func packDigits(_ text: UnsafeRawPointer, count: Int, to target: UnsafeMutableRawPointer) -> Bool {
        var position = 0
        while position < count {
            let part = min(8, count - position)
            var word = DecimalDigits.zeros
            if part == 8 {
                word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            } else {
                withUnsafeMutableBytes(of: &word) {
                    $0.copyMemory(from: UnsafeRawBufferPointer(start: text + position, count: part))
                }
            }
            let letters = (word &>> 6) & 0x0101_0101_0101_0101
            let halves = (word & 0x0f0f_0f0f_0f0f_0f0f) &+ letters &* 9
            // Only digits of the right case come back from the way there.
            guard ascii(halves & 0x0f0f_0f0f_0f0f_0f0f) == word else { return false }
            let bytes = (halves &<< 4 | halves &>> 8) & 0x00ff_00ff_00ff_00ff
            let pairs = (bytes | bytes &>> 8) & 0x0000_ffff_0000_ffff
            let packed = UInt32(truncatingIfNeeded: pairs | pairs &>> 16)
            target.storeBytes(of: packed, toByteOffset: position / 2, as: UInt32.self)
            position += 8
        }
        return true
    }

    /// Writes the text that `packed` stands for; reads and touches whole words.
    @inline(__always)
    func write(_ packed: UnsafeRawPointer, at target: UnsafeMutableRawPointer) {
        guard isUUID else {
            var position = 0
            while position < digits {
                target.storeBytes(of: spread(packed, position / 2), toByteOffset: position, as: UInt64.self)
                position += 8
            }
            return
        }
        target.storeBytes(of: spread(packed, 0), as: UInt64.self)
        target.storeBytes(of: spread(packed, 4), toByteOffset: 9, as: UInt64.self)
        target.storeBytes(of: spread(packed, 6), toByteOffset: 14, as: UInt64.self)
        target.storeBytes(of: spread(packed, 8), toByteOffset: 19, as: UInt64.self)
        target.storeBytes(of: spread(packed, 10), toByteOffset: 24, as: UInt64.self)
        target.storeBytes(of: spread(packed, 12), toByteOffset: 28, as: UInt64.self)
        for offset in [8, 13, 18, 23] {
            target.storeBytes(of: UInt8(ascii: "-"), toByteOffset: offset, as: UInt8.self)
        }
    }

    /// The eight digits of four packed bytes.
    @inline(__always)
    private func spread(_ packed: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        let word = UInt64(packed.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let pairs = (word | word &<< 16) & 0x0000_ffff_0000_ffff
        let bytes = (pairs | pairs &<< 8) & 0x00ff_00ff_00ff_00ff
        return ascii((bytes &>> 4 | bytes &<< 8) & 0x0f0f_0f0f_0f0f_0f0f)
    }

    @inline(__always)
    private func ascii(_ halves: UInt64) -> UInt64 {
        let letters = ((halves &+ 0x0606_0606_0606_0606) &>> 4) & 0x0101_0101_0101_0101
        return halves &+ DecimalDigits.zeros &+ letters &* (isUpper ? 7 : 0x27)
    }
}
