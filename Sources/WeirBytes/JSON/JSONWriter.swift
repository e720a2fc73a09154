/// Appends JSON text to an array of bytes, with the escapes of Go's encoder.
///
/// Punctuation is the caller's: `raw("{")`, `string(name)`, `raw(":")`. That keeps answers of many megabytes one pass
/// without a tree.
public struct JSONWriter: Sendable {
    /// What was written so far.
    public var bytes: [UInt8]

    /// Creates a writer.
    public init(reservingCapacity capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Appends text as it is.
    @inline(__always)
    public mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends one byte as it is.
    @inline(__always)
    public mutating func raw(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends a string in quotes.
    public mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    /// Appends bytes as a string in quotes; each byte that is no part of UTF-8 becomes `\ufffd`.
    public mutating func string(_ text: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        JSONEscape.append(text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends bytes as a string in quotes; each byte that is no part of UTF-8 becomes `\ufffd`.
    public mutating func string(_ text: [UInt8]) {
        text.withUnsafeBytes { string($0) }
    }

    /// Appends an integer.
    public mutating func number(_ value: Int64) {
        DecimalText.append(value, to: &bytes)
    }

    /// Appends an integer.
    public mutating func number(_ value: Int) {
        DecimalText.append(Int64(value), to: &bytes)
    }

    /// Appends a number in the fewest digits that read back as the same value, never with an exponent.
    ///
    /// `NaN`, `+Inf` and `-Inf` are no JSON: such values belong in quotes, as sample values are anyway.
    public mutating func number(_ value: Double) {
        DecimalText.append(value, to: &bytes)
    }

    /// Appends a number as a string in quotes, as values of samples are written.
    public mutating func quotedNumber(_ value: Double) {
        bytes.append(UInt8(ascii: "\""))
        DecimalText.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends an integer as a string in quotes, as timestamps of entries are written.
    public mutating func quotedNumber(_ value: Int64) {
        bytes.append(UInt8(ascii: "\""))
        DecimalText.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}
