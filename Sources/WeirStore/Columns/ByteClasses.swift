/// Kinds of bytes. On disk, never renumber.
package struct ByteClasses: OptionSet, Sendable, Hashable {
    package var rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    static let digit = ByteClasses(rawValue: 1 << 0)
    static let lowerHex = ByteClasses(rawValue: 1 << 1)
    static let lower = ByteClasses(rawValue: 1 << 2)
    static let upperHex = ByteClasses(rawValue: 1 << 3)
    static let upper = ByteClasses(rawValue: 1 << 4)
    static let space = ByteClasses(rawValue: 1 << 5)
    static let quote = ByteClasses(rawValue: 1 << 6)
    static let dot = ByteClasses(rawValue: 1 << 7)
    static let colon = ByteClasses(rawValue: 1 << 8)
    static let minus = ByteClasses(rawValue: 1 << 9)
    static let underscore = ByteClasses(rawValue: 1 << 10)
    static let slash = ByteClasses(rawValue: 1 << 11)
    static let equals = ByteClasses(rawValue: 1 << 12)
    static let otherASCII = ByteClasses(rawValue: 1 << 13)
    static let nonASCII = ByteClasses(rawValue: 1 << 14)
    static let backslash = ByteClasses(rawValue: 1 << 15)

    /// The classes of all bytes of a text.
    init(of text: UnsafeRawBufferPointer) {
        var mask: UInt16 = 0
        ByteClasses.masks.withUnsafeBufferPointer { masks in
            for byte in text { mask |= masks[Int(byte)] }
        }
        self.init(rawValue: mask)
    }

    private static let masks: [UInt16] = (0...255).map { byte in
        ByteClasses.single(UInt8(byte)).rawValue
    }

    private static func single(_ byte: UInt8) -> ByteClasses {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        case UInt8(ascii: "a")...UInt8(ascii: "f"): .lowerHex
        case UInt8(ascii: "g")...UInt8(ascii: "z"): .lower
        case UInt8(ascii: "A")...UInt8(ascii: "F"): .upperHex
        case UInt8(ascii: "G")...UInt8(ascii: "Z"): .upper
        case UInt8(ascii: " "): .space
        case UInt8(ascii: "\""): .quote
        case UInt8(ascii: "."): .dot
        case UInt8(ascii: ":"): .colon
        case UInt8(ascii: "-"): .minus
        case UInt8(ascii: "_"): .underscore
        case UInt8(ascii: "/"): .slash
        case UInt8(ascii: "="): .equals
        case UInt8(ascii: "\\"): .backslash
        case 0x80...: .nonASCII
        default: .otherASCII
        }
    }
}
