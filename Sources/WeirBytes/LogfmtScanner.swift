/// Reads `key=value key="quoted value" key` in place: one pair after the other, as ranges of the bytes.
///
/// Any byte up to the space separates pairs. It never allocates and never traps on any input.
public struct LogfmtScanner {
    /// What the next step found.
    public enum Item: Sendable {
        /// A key and its value. The value of a lone key and of `key=` is empty.
        case pair(key: Range<Int>, value: Range<Int>, hasEscape: Bool)
        /// A byte that cannot stand at `offset`; scanning goes on behind the next space.
        case fault(offset: Int)
        /// Nothing is left.
        case end
    }

    /// The bytes that ranges refer to.
    public let bytes: UnsafeRawBufferPointer
    /// Where the next item starts, or separators before it.
    public private(set) var offset = 0

    /// Creates a scanner over one line.
    @inlinable public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Reads the next pair.
    public mutating func next() -> Item {
        let count = bytes.count
        var at = offset
        while at < count, bytes[at] <= 0x20 { at += 1 }
        guard at < count else {
            offset = at
            return .end
        }
        let keyStart = at
        while at < count, bytes[at] > 0x20, bytes[at] != UInt8(ascii: "="), bytes[at] != UInt8(ascii: "\"") { at += 1 }
        let key = keyStart..<at
        guard at < count, bytes[at] > 0x20 else {
            offset = at
            return .pair(key: key, value: at..<at, hasEscape: false)
        }
        guard bytes[at] == UInt8(ascii: "="), !key.isEmpty else { return fault(at: at) }
        at += 1
        if at < count, bytes[at] == UInt8(ascii: "\"") { return quotedValue(of: key, from: at + 1) }
        let valueStart = at
        while at < count, bytes[at] > 0x20 {
            if bytes[at] == UInt8(ascii: "=") || bytes[at] == UInt8(ascii: "\"") { return fault(at: at) }
            at += 1
        }
        offset = at
        return .pair(key: key, value: valueStart..<at, hasEscape: false)
    }

    private mutating func quotedValue(of key: Range<Int>, from start: Int) -> Item {
        var at = start
        var hasEscape = false
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") {
                hasEscape = true
                at += 1
            }
            at += 1
        }
        guard at < bytes.count else {
            offset = bytes.count
            return .fault(offset: bytes.count)
        }
        let end = at
        at += 1
        guard at == bytes.count || bytes[at] <= 0x20 else { return fault(at: at) }
        offset = at
        return .pair(key: key, value: start..<end, hasEscape: hasEscape)
    }

    private mutating func fault(at fault: Int) -> Item {
        var at = fault
        while at < bytes.count, bytes[at] > 0x20 { at += 1 }
        offset = at
        return .fault(offset: fault)
    }
}
