import WeirModel

/// Says once for each combination of stream, structured metadata and field values in a batch what becomes of its rows.
///
/// Streams, metadata and values have small numbers in a batch, so a combination is one integer; as long as there are not many
/// more combinations than rows, it is a place in an array, otherwise a key of a hash table.
struct FieldTuples {
    /// The combination of each row.
    private var keys: [UInt64] = []
    /// What is known of combinations, by slot; 0 is nothing yet.
    private var outcomes: [UInt32] = []
    /// The combination of each slot, where slots are those of a hash table; no combination has all bits set.
    private var slotKeys: [UInt64] = []
    private var isHashed = false
    private var metadata = MetadataCodes()

    /// Numbers the combinations of a batch and forgets what was known.
    ///
    /// - Parameters:
    ///   - usesMetadata: whether structured metadata matters.
    ///   - ignored: a field that does not matter.
    /// - Returns: false when they cannot be numbered.
    mutating func begin(_ batch: LineBatch, usesMetadata: Bool, ignoring ignored: Int? = nil) -> Bool {
        keys.removeAll(keepingCapacity: true)
        keys.append(contentsOf: batch.streamIndexes.lazy.map { UInt64($0) })
        var combinations = UInt64(max(batch.streams.count, 1))
        for (field, column) in batch.fields.enumerated() where field != ignored {
            let radix = UInt64(column.values.count) + 2
            let (product, overflow) = combinations.multipliedReportingOverflow(by: radix)
            guard !overflow, product < .max else { return false }
            combinations = product
            FieldTuples.add(column, to: &keys)
        }
        if usesMetadata, !batch.metadataEnds.isEmpty {
            metadata.number(batch)
            let radix = UInt64(metadata.count)
            let (product, overflow) = combinations.multipliedReportingOverflow(by: radix)
            guard !overflow, product < .max else { return false }
            combinations = product
            for row in 0..<keys.count { keys[row] = keys[row] &* radix &+ UInt64(metadata.codes[row]) }
        }
        isHashed = combinations > UInt64(max(1024, 4 * keys.count))
        outcomes.removeAll(keepingCapacity: true)
        slotKeys.removeAll(keepingCapacity: true)
        guard isHashed else {
            outcomes.append(contentsOf: repeatElement(0, count: Int(combinations)))
            return true
        }
        var slots = 64
        while slots < 2 * keys.count { slots *= 2 }
        outcomes.append(contentsOf: repeatElement(0, count: slots))
        slotKeys.append(contentsOf: repeatElement(.max, count: slots))
        return true
    }

    /// The slot of a row's combination.
    @inline(__always)
    mutating func slot(of row: Int) -> Int {
        isHashed ? hashedSlot(of: keys[row]) : Int(truncatingIfNeeded: keys[row])
    }

    /// What is known of the combination in a slot.
    @inline(__always)
    subscript(slot: Int) -> UInt32 {
        get { outcomes[slot] }
        set { outcomes[slot] = newValue }
    }

    private mutating func hashedSlot(of key: UInt64) -> Int {
        let mask = slotKeys.count - 1
        let product = key.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        var slot = Int(truncatingIfNeeded: product.high ^ product.low) & mask
        while slotKeys[slot] != key {
            if slotKeys[slot] == .max {
                slotKeys[slot] = key
                return slot
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// Appends a digit to every key; absent and unread values are the two digits behind the values.
    private static func add(_ column: FieldColumn, to keys: inout [UInt64]) {
        let count = UInt32(column.values.count)
        let radix = UInt64(count) + 2
        let rows = min(keys.count, column.codes.count)
        column.codes.withUnsafeBufferPointer { codes in
            keys.withUnsafeMutableBufferPointer { keys in
                for row in 0..<rows {
                    let code = codes[row]
                    let digit = code < count ? code : code == FieldColumn.absent ? count : count + 1
                    keys[row] = keys[row] &* radix &+ UInt64(digit)
                }
            }
        }
    }
}
