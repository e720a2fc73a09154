/// Values that were read: texts in an arena, and where each lies.
///
/// At least ``readableBeyond`` bytes behind every value can be read, so that short values may be copied in whole words.
package struct ValueBuffer: Sendable {
    /// Bytes that can be read behind the last value.
    package static let readableBeyond = 64

    /// The arena; only the first ``used`` bytes mean anything.
    package private(set) var bytes: [UInt8] = []
    /// Bytes of the arena that are taken.
    package private(set) var used = 0
    /// Where each value starts in `bytes`.
    package var offsets: [UInt32] = []
    /// The length of each value.
    package var lengths: [UInt32] = []

    /// Creates an empty buffer.
    package init() {}

    /// The number of values.
    package var count: Int { offsets.count }

    /// Forgets the values, keeping the memory.
    package mutating func removeAll() {
        used = 0
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
    }

    /// Gives `body` room for `capacity` bytes and ``readableBeyond`` more behind what is taken; it returns how many it
    /// filled, of which at most `capacity` are kept.
    mutating func append<Failure: Error>(
        capacity: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        let needed = used + capacity + ValueBuffer.readableBeyond
        if bytes.count < needed {
            bytes.append(contentsOf: repeatElement(0, count: max(needed, bytes.count * 2) - bytes.count))
        }
        let start = used
        let filled = try bytes.withUnsafeMutableBufferPointer { room throws(Failure) in
            try body(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: room[start..<needed])))
        }
        precondition(filled >= 0 && filled <= capacity, "filled \(filled) of \(capacity) bytes")
        used += filled
    }

    /// Appends `count` values that `write` writes one behind the other; it returns the length of each, at most
    /// `lengthMax`, and may touch ``readableBeyond`` bytes more.
    @inline(__always)
    mutating func appendTexts(
        count: Int, lengthMax: Int, _ write: (_ index: Int, _ target: UnsafeMutableRawPointer) -> Int
    ) {
        let first = offsets.count
        offsets.append(contentsOf: repeatElement(0, count: count))
        lengths.append(contentsOf: repeatElement(0, count: count))
        let start = used
        // Moved out, so that the arena can be filled while they are.
        var offsets: [UInt32] = []
        var lengths: [UInt32] = []
        swap(&offsets, &self.offsets)
        swap(&lengths, &self.lengths)
        append(capacity: count * lengthMax) { room in
            guard let base = room.baseAddress else { return 0 }
            return offsets.withUnsafeMutableBufferPointer { offsets in
                lengths.withUnsafeMutableBufferPointer { lengths in
                    var end = 0
                    for index in 0..<count {
                        let length = write(index, base + end)
                        offsets[first + index] = UInt32(truncatingIfNeeded: start + end)
                        lengths[first + index] = UInt32(truncatingIfNeeded: length)
                        end += length
                    }
                    return end
                }
            }
        }
        self.offsets = offsets
        self.lengths = lengths
    }

    /// The bytes of a value.
    package func value(_ index: Int) -> [UInt8] {
        let start = Int(offsets[index])
        return Array(bytes[start..<start + Int(lengths[index])])
    }
}
