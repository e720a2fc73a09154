/// The bytes that the rows of an OpenTelemetry request refer to: the body as it came, and behind it the texts that stand
/// nowhere in it.
///
/// A range counts from the start of the body and lies wholly in the body or wholly in the tail.
struct OTLPArena {
    /// The body; its owner outlives the arena.
    let body: UnsafeRawBufferPointer
    /// What will be appended to the body.
    private(set) var tail: [UInt8] = []
    private let tailBytesMax: Int

    /// Room that level discovery needs behind the tail, of the 4 GiB that offsets reach.
    private static let reservedBytes = 1 << 20

    /// Creates an arena over a body.
    ///
    /// The tail may be eight times the body, which no honest request comes near: a name that a million attributes
    /// inherit from the map they lie in would otherwise be written out a million times.
    init(_ body: UnsafeRawBufferPointer) {
        self.body = body
        let reach = Int(UInt32.max) - OTLPArena.reservedBytes - body.count
        tailBytesMax = max(0, min(reach, body.count * 8 + 4096))
    }

    /// Appends what `write` writes and returns where it lies.
    ///
    /// - Throws: when the texts have become too many.
    mutating func append(_ write: (inout [UInt8]) throws -> Void) throws -> Range<Int> {
        let start = tail.count
        try write(&tail)
        guard tail.count <= tailBytesMax else {
            throw PushRejection("attributes need more than \(tailBytesMax) bytes when written out", status: 413)
        }
        return body.count + start..<body.count + tail.count
    }

    /// The range's bytes, copied; for what is read once a resource or a request.
    func copy(_ range: Range<Int>) -> [UInt8] {
        withBytes(range) { Array($0) }
    }

    /// Gives the range's bytes to `read`.
    func withBytes<Result>(_ range: Range<Int>, _ read: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        if range.lowerBound < body.count || range.isEmpty {
            return try read(UnsafeRawBufferPointer(rebasing: body[range.isEmpty ? 0..<0 : range]))
        }
        let part = range.lowerBound - body.count..<range.upperBound - body.count
        return try tail.withUnsafeBytes { try read(UnsafeRawBufferPointer(rebasing: $0[part])) }
    }

    /// The range, or that of a copy in which bytes that are no UTF-8 are replaced by U+FFFD.
    mutating func repaired(_ range: Range<Int>) throws -> Range<Int> {
        let isFine = withBytes(range) { bytes in
            bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
        }
        if isFine { return range }
        let text = String(decoding: copy(range), as: UTF8.self)
        return try append { $0.append(contentsOf: text.utf8) }
    }
}
