internal import WeirBytes

/// What is known of the values of a column without reading them; rules most needles out.
package struct ValueStamp: Sendable, Hashable {
    /// The length of the shortest value.
    package var lengthMin: UInt32
    /// The length of the longest value.
    package var lengthMax: UInt32
    /// The classes of all bytes.
    package var classes: ByteClasses
    /// The lowest and the highest value, when all are whole numbers.
    package var numbers: ClosedRange<Int64>?

    init(lengthMin: UInt32, lengthMax: UInt32, classes: ByteClasses, numbers: ClosedRange<Int64>? = nil) {
        self.lengthMin = lengthMin
        self.lengthMax = lengthMax
        self.classes = classes
        self.numbers = numbers
    }

    /// Reads what ``append(to:)`` wrote; nil when it is not that.
    init?(_ reader: inout ByteReader) {
        guard let shortest = reader.readVarint(), let spread = reader.readVarint(),
            let mask: UInt16 = reader.read(), let hasNumbers: UInt8 = reader.read(),
            shortest <= UInt64(UInt32.max), spread <= UInt64(UInt32.max) - shortest
        else { return nil }
        lengthMin = UInt32(shortest)
        lengthMax = UInt32(shortest + spread)
        classes = ByteClasses(rawValue: mask)
        guard hasNumbers != 0 else { return }
        guard let low = reader.readVarint(), let span = reader.readVarint() else { return nil }
        let lowest = Varint.unzigzag(low)
        let highest = lowest &+ Int64(bitPattern: span)
        guard lowest <= highest else { return nil }
        numbers = lowest...highest
    }

    /// Appends the stamp in 5 to 25 bytes.
    func append(to writer: inout ByteWriter) {
        writer.appendVarint(UInt64(lengthMin))
        writer.appendVarint(UInt64(lengthMax - lengthMin))
        writer.append(classes.rawValue)
        writer.append(numbers == nil ? UInt8(0) : 1)
        guard let numbers else { return }
        writer.appendVarint(Varint.zigzag(numbers.lowerBound))
        writer.appendVarint(UInt64(bitPattern: numbers.upperBound &- numbers.lowerBound))
    }

    /// Whether no value can fulfil the test.
    package func excludes(_ test: ValueTest) -> Bool {
        let length = UInt64(test.needle.count)
        if length > UInt64(lengthMax) || !test.classes.isSubset(of: classes) { return true }
        return test.kind == .equals && length < UInt64(lengthMin)
    }
}
