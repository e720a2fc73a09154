/// Which stream of the open batch the last entries of a path belonged to, by the values of the labels that can differ.
///
/// Without it every line would build a label set. Nearly always the answer is the same as for the line before.
struct StreamCache {
    private var generation = -1
    private var lastKey: [UInt8] = []
    private var lastStream: UInt32?
    private var key: [UInt8] = []
    private var known: [[UInt8]: UInt32] = [:]

    /// Forgets everything when the batch is another one.
    mutating func begin(_ generation: Int) {
        guard generation != self.generation else { return }
        self.generation = generation
        known.removeAll(keepingCapacity: true)
        lastStream = nil
    }

    /// The stream of an entry, if it was seen in this batch.
    mutating func find(_ work: EntryWork, _ slots: [Int]) -> UInt32? {
        key.removeAll(keepingCapacity: true)
        StreamCache.appendKey(work, slots, to: &key)
        if let lastStream, key == lastKey { return lastStream }
        guard let stream = known[key] else { return nil }
        (lastKey, lastStream) = (key, stream)
        return stream
    }

    /// Remembers the stream of the entry looked for last.
    mutating func remember(_ stream: UInt32) {
        known[key] = stream
        (lastKey, lastStream) = (key, stream)
    }

    /// The values of `slots` and of the tenant, so that equal keys mean equal streams.
    static func appendKey(_ work: EntryWork, _ slots: [Int], to key: inout [UInt8]) {
        for slot in slots { append(work.labels[slot], to: &key) }
        if work.tenant != nil { append(work.tenant, to: &key) }
    }

    private static func append(_ value: UnsafeRawBufferPointer?, to key: inout [UInt8]) {
        guard let value else {
            key.append(0xff)
            return
        }
        // The length comes first, so that values cannot run into each other; 0xff marks an absent one.
        if value.count < 0xfe {
            key.append(UInt8(value.count))
        } else {
            key.append(0xfe)
            withUnsafeBytes(of: value.count) { key.append(contentsOf: $0) }
        }
        key.append(contentsOf: value)
    }
}
