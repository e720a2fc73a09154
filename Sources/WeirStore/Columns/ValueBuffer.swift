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
    /// The number of values.
    package private(set) var count = 0
    /// Where each value starts in `bytes`; like it, grows and is never cleared, so that only the first ``count`` elements
    /// mean anything.
    package private(set) var offsets: [UInt32] = []
    /// The length of each value, of which there are as many.
    package private(set) var lengths: [UInt32] = []

    /// Creates an empty buffer.
    package init() {}

    /// Forgets the values, keeping the memory.
    package mutating func removeAll() {
        used = 0
        count = 0
    }

    /// Bytes of all values, those that share their place counted each.
    var plainBytes: UInt64 {
        lengths.withUnsafeBufferPointer { lengths in
            var sum: UInt64 = 0
            for index in 0..<count { sum &+= UInt64(lengths[index]) }
            return sum
        }
    }

    /// Appends `count` values that lie where `body` says: it fills in all their offsets and lengths.
    @inline(__always)
    mutating func appendPlaces<Failure: Error>(
        count: Int, _ body: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>) throws(Failure) -> Void
    ) throws(Failure) {
        growPlaces(by: count)
        let first = self.count
        try offsets.withUnsafeMutableBufferPointer { offsets throws(Failure) in
            try lengths.withUnsafeMutableBufferPointer { lengths throws(Failure) in
                guard let offsets = offsets.baseAddress, let lengths = lengths.baseAddress else { return }
                try body(offsets + first, lengths + first)
            }
        }
        self.count += count
    }

    /// Appends `count` values that lie end to end from `start` on; `fill` says how long each is.
    mutating func appendRun<Failure: Error>(
        count: Int, at start: UInt32, _ fill: (UnsafeMutablePointer<UInt32>) throws(Failure) -> Void
    ) throws(Failure) {
        try appendPlaces(count: count) { offsets, lengths throws(Failure) in
            try fill(lengths)
            var offset = start
            for index in 0..<count {
                offsets[index] = offset
                offset &+= lengths[index]
            }
        }
    }

    /// Keeps of the values from `first` on those at `rows`, counted from there, ascending.
    mutating func keep(_ rows: [UInt32], from first: Int) {
        for (index, row) in rows.enumerated() {
            offsets[first + index] = offsets[first + Int(row)]
            lengths[first + index] = lengths[first + Int(row)]
        }
        count = first + rows.count
    }

    /// Replaces the values from `first` on by one for each code, or for each that stands at one of `rows`: the value
    /// that it is the number of, counted from there.
    mutating func spread(_ codes: [UInt32], rows: [UInt32]?, from first: Int) {
        let distinct = count - first
        let wanted = rows?.count ?? codes.count
        // Behind the distinct values first, then over them.
        growPlaces(by: wanted)
        offsets.withUnsafeMutableBufferPointer { ValueBuffer.spread(codes, rows, $0, first: first, distinct) }
        lengths.withUnsafeMutableBufferPointer { ValueBuffer.spread(codes, rows, $0, first: first, distinct) }
        count = first + wanted
    }

    private static func spread(
        _ codes: [UInt32], _ rows: [UInt32]?, _ places: UnsafeMutableBufferPointer<UInt32>, first: Int, _ distinct: Int
    ) {
        guard let start = places.baseAddress.map({ $0 + first }) else { return }
        let behind = start + distinct
        if let rows {
            for (index, row) in rows.enumerated() { behind[index] = start[Int(codes[Int(row)])] }
        } else {
            codes.withUnsafeBufferPointer { codes in
                for index in 0..<codes.count { behind[index] = start[Int(codes[index])] }
            }
        }
        start.update(from: behind, count: rows?.count ?? codes.count)
    }

    private mutating func growPlaces(by count: Int) {
        let needed = self.count + count
        guard offsets.count < needed else { return }
        let capacity = max(needed, offsets.count * 2)
        offsets.append(contentsOf: repeatElement(0, count: capacity - offsets.count))
        lengths.append(contentsOf: repeatElement(0, count: capacity - lengths.count))
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
        appendTexts(count: count, bytes: count * lengthMax, write)
    }

    /// The same for values that are at most `bytes` long together.
    @inline(__always)
    mutating func appendTexts(
        count: Int, bytes: Int, _ write: (_ index: Int, _ target: UnsafeMutableRawPointer) -> Int
    ) {
        growPlaces(by: count)
        let first = self.count
        let start = used
        // Moved out, so that the arena can be filled while they are.
        var offsets: [UInt32] = []
        var lengths: [UInt32] = []
        swap(&offsets, &self.offsets)
        swap(&lengths, &self.lengths)
        append(capacity: bytes) { room in
            guard let base = room.baseAddress else { return 0 }
            return offsets.withUnsafeMutableBufferPointer { offsets in
                lengths.withUnsafeMutableBufferPointer { lengths in
                    guard var offset = offsets.baseAddress, var size = lengths.baseAddress else { return 0 }
                    offset += first
                    size += first
                    var end = 0
                    for index in 0..<count {
                        let length = write(index, base + end)
                        offset[index] = UInt32(truncatingIfNeeded: start &+ end)
                        size[index] = UInt32(truncatingIfNeeded: length)
                        end &+= length
                    }
                    return end
                }
            }
        }
        self.offsets = offsets
        self.lengths = lengths
        self.count += count
    }

    /// Gives `body` the arena, and where each value starts in it and how long it is.
    func withPlaces(_ body: (UnsafeRawPointer, UnsafePointer<UInt32>, UnsafePointer<UInt32>) -> Void) {
        // Without values there is nothing to point at, and nobody looks.
        var nothing: UInt64 = 0
        withUnsafePointer(to: &nothing) { nothing in
            let spare = UnsafeRawPointer(nothing)
            let none = spare.assumingMemoryBound(to: UInt32.self)
            bytes.withUnsafeBytes { bytes in
                offsets.withUnsafeBufferPointer { offsets in
                    lengths.withUnsafeBufferPointer { lengths in
                        body(
                            bytes.baseAddress ?? spare, offsets.baseAddress ?? none, lengths.baseAddress ?? none)
                    }
                }
            }
        }
    }

    /// The bytes of a value.
    package func value(_ index: Int) -> [UInt8] {
        precondition(index < count, "value \(index) of \(count)")
        let start = Int(offsets[index])
        return Array(bytes[start..<start + Int(lengths[index])])
    }
}
