package import WeirModel

/// The batch that lines are added to: rows, the streams they belong to, and how far each file is read with them.
package struct PushBatch {
    /// The rows so far.
    package private(set) var lines = LineBatch()
    /// A number that changes with every batch, for whoever remembers stream numbers.
    package private(set) var generation = 0
    /// The sum of lines and structured metadata in bytes.
    package private(set) var bytes = 0

    private var tenants: [String?] = []
    private var numbers: [StreamKey: UInt32] = [:]
    private var marks: [FileKey: Int] = [:]
    private var openedAt: Int64?
    private let bytesMax: Int
    private let ageMax: Int64

    private struct StreamKey: Hashable {
        var labels: LabelSet
        var tenant: String?
    }

    /// Creates an empty batch.
    ///
    /// - Parameters:
    ///   - bytesMax: the bytes at which it is full.
    ///   - ageMax: the age in nanoseconds at which it must be sent.
    package init(bytesMax: Int, ageMax: Int64) {
        self.bytesMax = bytesMax
        self.ageMax = ageMax
    }

    /// Whether there is nothing to send or to acknowledge.
    package var isEmpty: Bool { lines.isEmpty && marks.isEmpty }

    /// The number of a stream in this batch.
    package mutating func stream(_ labels: LabelSet, tenant: String?) -> UInt32 {
        let key = StreamKey(labels: labels, tenant: tenant)
        if let number = numbers[key] { return number }
        let number = UInt32(lines.streams.count)
        lines.streams.append(labels)
        tenants.append(tenant)
        numbers[key] = number
        return number
    }

    /// Adds a row; structured metadata added before belongs to it.
    package mutating func append(stream: UInt32, timestamp: Int64, line: UnsafeRawBufferPointer) {
        lines.appendRow(stream: stream, timestamp: timestamp, copying: line)
        bytes += line.count
    }

    /// Adds a pair of structured metadata to the row that comes next.
    package mutating func addMetadata(name: String, value: UnsafeRawBufferPointer) {
        lines.addMetadata(name: name.utf8, value: value)
        bytes += name.utf8.count + value.count
    }

    /// Records that everything of a file before `offset` is in this batch or an earlier one.
    package mutating func advance(_ file: FileKey, to offset: Int, now: Int64) {
        marks[file] = offset
        if openedAt == nil { openedAt = now }
    }

    /// Whether the batch must be sent now: full, or too old. `room` is what the next addition may need.
    package func isDue(now: Int64, room: Int = 0) -> Bool {
        guard let openedAt else { return false }
        return bytes >= bytesMax || (bytes > 0 && bytes + room > bytesMax) || now - openedAt >= ageMax
    }

    /// Until when the batch may wait, in nanoseconds; nil when it is empty.
    package var deadline: Int64? {
        openedAt.map { $0 + ageMax }
    }

    /// Closes the batch and begins the next one.
    package mutating func seal() -> SealedBatch {
        let sealed = SealedBatch(parts: splitByTenant(), marks: marks, lineCount: lines.count, lineBytes: bytes)
        lines.removeAll()
        tenants.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
        openedAt = nil
        bytes = 0
        generation += 1
        return sealed
    }

    /// One part per tenant; nearly always that is the batch as it is.
    private func splitByTenant() -> [SealedBatch.Part] {
        guard !lines.isEmpty else { return [] }
        let distinct = Set(tenants)
        if distinct.count == 1 { return [SealedBatch.Part(tenant: tenants[0], lines: lines)] }
        return distinct.sorted { ($0 ?? "") < ($1 ?? "") }.map { tenant in
            // The arena is shared; only the rows are picked.
            var part = lines
            part.timestamps = []
            part.streamIndexes = []
            part.lineOffsets = []
            part.lineLengths = []
            part.metadata = []
            part.metadataEnds = []
            for row in 0..<lines.count where tenants[Int(lines.streamIndexes[row])] == tenant {
                part.metadata.append(contentsOf: lines.metadata[lines.metadataRange(ofRow: row)])
                part.timestamps.append(lines.timestamps[row])
                part.streamIndexes.append(lines.streamIndexes[row])
                part.lineOffsets.append(lines.lineOffsets[row])
                part.lineLengths.append(lines.lineLengths[row])
                part.metadataEnds.append(UInt32(part.metadata.count))
            }
            return SealedBatch.Part(tenant: tenant, lines: part)
        }
    }
}

/// A batch that no more lines come to.
package struct SealedBatch: Sendable {
    /// Rows of one tenant.
    package struct Part: Sendable {
        /// The tenant that a stage has set; nil leaves it to the destination.
        package var tenant: String?
        /// The rows.
        package var lines: LineBatch
    }

    /// The rows by tenant; none when all lines were dropped.
    package var parts: [Part]
    /// How far each file is read once the batch is delivered.
    package var marks: [FileKey: Int]
    /// The number of lines.
    package var lineCount: Int
    /// The sum of lines and structured metadata in bytes.
    package var lineBytes: Int
}
