internal import WeirModel

/// Adds pairs of structured metadata to columns: clean ones as ranges of the body, others repaired in a tail that is
/// appended to the body at the end.
struct MetadataColumn {
    /// Where the tail will start: the length of the body.
    let tailOffset: Int
    /// Repaired names and values, and unescaped texts.
    var tail: [UInt8] = []

    init(bodyBytes: Int) {
        tailOffset = bodyBytes
    }

    /// Adds a pair whose name and value lie in `bytes`, where offset 0 is offset 0 of the body.
    mutating func add(
        name: Range<Int>, value: Range<Int>, in bytes: UnsafeRawBufferPointer, to columns: inout RowColumns
    ) {
        let (name, value) = (repairedName(name, in: bytes), repairedValue(value, in: bytes))
        columns.metadata.append(
            LineBatch.MetadataPair(
                nameOffset: UInt32(truncatingIfNeeded: name.lowerBound),
                nameLength: UInt32(truncatingIfNeeded: name.count),
                valueOffset: UInt32(truncatingIfNeeded: value.lowerBound),
                valueLength: UInt32(truncatingIfNeeded: value.count)))
    }

    /// Adds a pair of texts that stand nowhere in the body.
    mutating func add(name: [UInt8], value: [UInt8], to columns: inout RowColumns) {
        let start = tail.count
        name.withUnsafeBytes { raw in
            if MetadataName.isClean(raw) {
                tail.append(contentsOf: raw)
            } else {
                MetadataName.appendClean(raw, to: &tail)
            }
        }
        let middle = tail.count
        tail.append(contentsOf: String(decoding: value, as: UTF8.self).utf8)
        columns.metadata.append(
            LineBatch.MetadataPair(
                nameOffset: UInt32(truncatingIfNeeded: tailOffset + start),
                nameLength: UInt32(truncatingIfNeeded: middle - start),
                valueOffset: UInt32(truncatingIfNeeded: tailOffset + middle),
                valueLength: UInt32(truncatingIfNeeded: tail.count - middle)))
    }

    private mutating func repairedName(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        let name = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard !MetadataName.isClean(name) else { return range }
        let start = tailOffset + tail.count
        MetadataName.appendClean(name, to: &tail)
        return start..<tailOffset + tail.count
    }

    private mutating func repairedValue(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        let value = UnsafeRawBufferPointer(rebasing: bytes[range])
        if value.allSatisfy({ $0 < 0x80 }) || String(validating: value, as: UTF8.self) != nil { return range }
        let start = tailOffset + tail.count
        tail.append(contentsOf: String(decoding: value, as: UTF8.self).utf8)
        return start..<tailOffset + tail.count
    }
}
