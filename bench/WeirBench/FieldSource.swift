import Synchronization
import WeirModel

/// A source that keeps lines of JSON taken apart, so that it can deliver values instead: what a query costs when it
/// parses nothing. The taking apart happens in the first scan, which is not measured.
final class FieldSource: LogSource {
    private let batches: [LineBatch]
    private let split = Mutex<[LineBatch]>([])

    /// Creates a source of batches whose rows rise in time.
    init(_ batches: [LineBatch]) {
        self.batches = batches
    }

    func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary {
        guard let reading = selection.fieldReading else { return ScanSummary() }
        let prepared = split.withLock { split in
            if split.isEmpty { split = batches.map { FieldSource.split($0, reading) } }
            return split
        }
        for batch in prepared {
            // The benchmarks want all rows or none.
            if reading.wantedRows(of: batch)?.isEmpty ?? false { continue }
            if case .stop = try visit(0, batch) { break }
        }
        return ScanSummary()
    }

    func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] { [] }

    func labelValues(
        of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange
    ) async throws -> [String] { [] }

    func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet] { [] }

    func volumes(tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]) async throws -> [[StreamVolume]] {
        ranges.map { _ in [] }
    }

    private static func split(_ batch: LineBatch, _ reading: any FieldReading) -> LineBatch {
        var batch = batch
        var columns = Array(repeating: FieldColumn(), count: reading.fieldCount)
        var codes = Array(repeating: [ArraySlice<UInt8>: UInt32](), count: reading.fieldCount)
        for row in 0..<batch.count {
            let start = Int(batch.lineOffsets[row])
            let line = batch.bytes[start..<start + Int(batch.lineLengths[row])]
            let holes = values(of: line).map { $0.lowerBound - start..<$0.upperBound - start }
            let found = line.withUnsafeBytes { reading.holes(of: $0, holes: holes) }
            for field in columns.indices {
                guard let hole = found?[field] else {
                    columns[field].codes.append(found == nil ? FieldColumn.unread : FieldColumn.absent)
                    continue
                }
                let range = holes[hole.hole].lowerBound + start..<holes[hole.hole].upperBound + start
                let code = codes[field][batch.bytes[range]] ?? UInt32(columns[field].values.count)
                if Int(code) == columns[field].values.count {
                    columns[field].values.append(
                        FieldValue(
                            offset: UInt32(range.lowerBound), length: UInt32(range.count), form: hole.form))
                    codes[field][batch.bytes[range]] = code
                }
                columns[field].codes.append(code)
            }
        }
        batch.fields = columns
        return batch
    }

    /// Where the values stand in a flat object of strings and numbers.
    private static func values(of line: ArraySlice<UInt8>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = line.startIndex
        while let colon = line[at...].firstIndex(of: UInt8(ascii: ":")) {
            let isString = line[colon + 1] == UInt8(ascii: "\"")
            let start = isString ? colon + 2 : colon + 1
            let ends: [UInt8] = isString ? [0x22] : [0x2c, 0x7d]
            let end = line[start...].firstIndex { ends.contains($0) } ?? line.endIndex
            found.append(start..<end)
            at = end
        }
        return found
    }
}
