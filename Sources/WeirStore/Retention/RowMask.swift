internal import WeirModel

/// Rows of one day that no answer may have: past their time, or asked to be deleted. They lie on disk until a merge
/// leaves them out.
struct RowMask: Sendable {
    /// The streams it is about, as ids of the day.
    let streams: StreamSet
    /// The instants it is about, both inclusive.
    let instants: ClosedRange<Int64>
    /// Which lines of those; nil means all.
    let hidesLine: (@Sendable (UnsafeRawBufferPointer) -> Bool)?

    /// Whether it may hide a row of a stream between two instants.
    func touches(_ stream: UInt32, _ first: Int64, _ last: Int64) -> Bool {
        instants.lowerBound <= last && first <= instants.upperBound && streams.contains(stream)
    }

    /// Whether it hides every row of a stream between two instants.
    func hidesAll(of stream: UInt32, _ first: Int64, _ last: Int64) -> Bool {
        hidesLine == nil && instants.lowerBound <= first && last <= instants.upperBound && streams.contains(stream)
    }
}

extension [RowMask] {
    /// Whether lines must be read to know which rows are hidden.
    var needsLines: Bool { contains { $0.hidesLine != nil } }

    /// The rows of a batch that no mask hides, ascending; nil when none is hidden.
    ///
    /// - Parameter batch: `streamIndexes` are ids of the day; has its lines when ``needsLines``.
    func visibleRows(of batch: borrowing LineBatch) -> [UInt32]? {
        if isEmpty { return nil }
        let timestamps = batch.timestamps
        let streams = batch.streamIndexes
        let offsets = batch.lineOffsets
        let lengths = batch.lineLengths
        return batch.bytes.withUnsafeBytes { bytes in
            var hidden: [UInt32] = []
            for row in timestamps.indices {
                let isHidden = contains { mask in
                    guard mask.instants.contains(timestamps[row]), mask.streams.contains(streams[row]) else {
                        return false
                    }
                    guard let hidesLine = mask.hidesLine else { return true }
                    let start = Int(offsets[row])
                    return hidesLine(UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(lengths[row])]))
                }
                if isHidden { hidden.append(UInt32(row)) }
            }
            if hidden.isEmpty { return nil }
            var next = hidden[...]
            return (0..<UInt32(timestamps.count)).filter { row in
                guard next.first == row else { return true }
                next.removeFirst()
                return false
            }
        }
    }
}
