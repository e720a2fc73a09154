/// Names of structured metadata: as label names, everything else becomes an underscore.
enum MetadataName {
    /// Whether the bytes can stay as they are: `[A-Za-z_][A-Za-z0-9_]*`.
    static func isClean(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let first = name.first, !isDigit(first) else { return false }
        return name.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// Appends the clean form: one underscore per foreign character, and one before a leading digit.
    static func appendClean(_ name: UnsafeRawBufferPointer, to target: inout [UInt8]) {
        for (index, scalar) in String(decoding: name, as: UTF8.self).unicodeScalars.enumerated() {
            let byte = scalar.isASCII ? UInt8(scalar.value) : 0
            if index == 0, isDigit(byte) { target.append(UInt8(ascii: "_")) }
            target.append(isLetter(byte) || isDigit(byte) ? byte : UInt8(ascii: "_"))
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }
}
