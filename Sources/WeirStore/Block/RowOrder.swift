internal import WeirModel

/// The order of rows inside a block: by timestamp, among equals by arrival, exact duplicates left out.
enum RowOrder {
    /// Fills `order` with the rows to keep, in the order of the block.
    ///
    /// - Complexity: O(n) when rows are in order and no two have the same timestamp, O(n log n) at worst, whatever the
    ///   lines hold.
    static func fill(_ order: inout [UInt32], for rows: borrowing LineBatch) {
        let count = rows.count
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: 0..<UInt32(count))
        var isSorted = true
        var hasEqual = false
        rows.timestamps.withUnsafeBufferPointer { timestamps in
            for row in 1..<max(count, 1) {
                if timestamps[row] < timestamps[row - 1] { isSorted = false }
                if timestamps[row] == timestamps[row - 1] { hasEqual = true }
            }
            guard !isSorted else { return }
            order.sort { left, right in
                let a = timestamps[Int(left)]
                let b = timestamps[Int(right)]
                return a == b ? left < right : a < b
            }
        }
        if hasEqual || !isSorted { dropDuplicates(&order, rows) }
    }

    private static func dropDuplicates(_ order: inout [UInt32], _ rows: borrowing LineBatch) {
        let timestamps = rows.timestamps
        var isDuplicate: [Bool] = []
        var start = 0
        while start < order.count {
            let timestamp = timestamps[Int(order[start])]
            var end = start + 1
            while end < order.count, timestamps[Int(order[end])] == timestamp { end += 1 }
            if end - start > 1 { markDuplicates(order[start..<end], rows, &isDuplicate) }
            start = end
        }
        guard !isDuplicate.isEmpty else { return }
        order.removeAll { isDuplicate[Int($0)] }
    }

    /// Marks rows of equal timestamp that repeat an earlier one; sorted rather than hashed, so that nobody can choose
    /// lines that make it slow.
    private static func markDuplicates(
        _ run: ArraySlice<UInt32>, _ rows: borrowing LineBatch, _ isDuplicate: inout [Bool]
    ) {
        let comparison = RowComparison(rows)
        var sorted = Array(run)
        if sorted.count > 2 {
            sorted.sort { left, right in
                let order = comparison.compare(Int(left), Int(right))
                return order == 0 ? left < right : order < 0
            }
        }
        for index in 1..<sorted.count
        where comparison.compare(Int(sorted[index - 1]), Int(sorted[index])) == 0 {
            if isDuplicate.isEmpty { isDuplicate = [Bool](repeating: false, count: rows.count) }
            isDuplicate[Int(sorted[index])] = true
        }
    }
}

/// Compares rows by stream, line and structured metadata; any total order would do.
private struct RowComparison {
    private let rows: LineBatch

    init(_ rows: borrowing LineBatch) {
        self.rows = copy rows
    }

    func compare(_ left: Int, _ right: Int) -> Int {
        if rows.streamIndexes[left] != rows.streamIndexes[right] {
            return rows.streamIndexes[left] < rows.streamIndexes[right] ? -1 : 1
        }
        let lines = compare(
            rows.lineOffsets[left], rows.lineLengths[left], rows.lineOffsets[right], rows.lineLengths[right])
        if lines != 0 || rows.metadataEnds.isEmpty { return lines }
        let leftPairs = rows.metadata[rows.metadataRange(ofRow: left)]
        let rightPairs = rows.metadata[rows.metadataRange(ofRow: right)]
        if leftPairs.count != rightPairs.count { return leftPairs.count - rightPairs.count }
        for (a, b) in zip(leftPairs, rightPairs) {
            let names = compare(a.nameOffset, a.nameLength, b.nameOffset, b.nameLength)
            if names != 0 { return names }
            let values = compare(a.valueOffset, a.valueLength, b.valueOffset, b.valueLength)
            if values != 0 { return values }
        }
        return 0
    }

    private func compare(_ left: UInt32, _ leftLength: UInt32, _ right: UInt32, _ rightLength: UInt32) -> Int {
        if leftLength != rightLength { return leftLength < rightLength ? -1 : 1 }
        if left == right { return 0 }
        return rows.bytes.withUnsafeBytes { bytes in
            let count = Int(leftLength)
            var offset = 0
            while offset + 8 <= count {
                let a = bytes.loadUnaligned(fromByteOffset: Int(left) + offset, as: UInt64.self)
                let b = bytes.loadUnaligned(fromByteOffset: Int(right) + offset, as: UInt64.self)
                if a != b { return a < b ? -1 : 1 }
                offset += 8
            }
            while offset < count {
                let a = bytes[Int(left) + offset]
                let b = bytes[Int(right) + offset]
                if a != b { return a < b ? -1 : 1 }
                offset += 1
            }
            return 0
        }
    }
}
