import WeirModel
import WeirTesting

/// A source that takes lines apart: it knows lines of one kind as fixed text with holes, asks the query once for each
/// kind which holes it wants, and delivers their values instead of lines wherever it may.
struct FieldLogSource: LogSource {
    var lines: MemoryLogSource

    func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary {
        guard let reading = selection.fieldReading else {
            return try await lines.scan(selection, workers: workers, visit)
        }
        var whole = selection
        whole.needsLines = true
        whole.fieldReading = nil
        whole.skipsTestedLines = false
        return try await lines.scan(whole, workers: workers) { worker, batch in
            var known = copy batch
            if selection.skipsTestedLines { known = MemoryLogSource.testingLiterals(of: known, selection) }
            let split = FieldLogSource.split(known, reading)
            let hidden = FieldLogSource.hidingLines(split)
            guard let wanted = reading.wantedRows(of: hidden) else {
                return try visit(worker, selection.needsLines ? split : hidden)
            }
            let rows = wanted.map { Int($0) }
            return try visit(worker, FieldLogSource.keeping(rows, of: selection.needsLines ? split : hidden))
        }
    }

    func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] { [] }

    func labelValues(
        of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange
    ) async throws -> [String] { [] }

    func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet] { [] }

    func volumes(tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]) async throws -> [[StreamVolume]] { [] }

    private static func split(_ batch: borrowing LineBatch, _ reading: any FieldReading) -> LineBatch {
        var result = copy batch
        var columns = Array(repeating: FieldColumn(), count: reading.fieldCount)
        var kinds: [[UInt8]: [FieldHole?]?] = [:]
        for row in 0..<result.count {
            let start = Int(result.lineOffsets[row])
            let line = Array(result.bytes[start..<start + Int(result.lineLengths[row])])
            let holes = LineHoles.find(in: line)
            let kind = LineHoles.text(of: line, without: holes)
            let wanted = kinds[kind] ?? line.withUnsafeBytes { reading.holes(of: $0, holes: holes) }
            kinds[kind] = .some(wanted)
            for field in columns.indices {
                guard let wanted else {
                    columns[field].codes.append(FieldColumn.unread)
                    continue
                }
                guard let hole = wanted[field] else {
                    columns[field].codes.append(FieldColumn.absent)
                    continue
                }
                let range = holes[hole.hole]
                columns[field].codes.append(UInt32(columns[field].values.count))
                columns[field].values.append(
                    FieldValue(
                        offset: UInt32(start + range.lowerBound), length: UInt32(range.count), form: hole.form))
            }
        }
        for field in columns.indices { share(&columns[field], result.bytes) }
        result.fields = columns
        return result
    }

    /// Gives equal values one code, for every second of them.
    private static func share(_ column: inout FieldColumn, _ bytes: [UInt8]) {
        var codes: [[UInt8]: UInt32] = [:]
        for row in column.codes.indices where column.codes[row] < FieldColumn.unread && row.isMultiple(of: 2) {
            let value = column.values[Int(column.codes[row])]
            let text = Array(bytes[Int(value.offset)..<Int(value.offset + value.length)]) + [value.form]
            if let known = codes[text] { column.codes[row] = known } else { codes[text] = column.codes[row] }
        }
    }

    private static func hidingLines(_ batch: LineBatch) -> LineBatch {
        var hidden = batch
        for row in 0..<hidden.count where hidden.fields[0].codes[row] != FieldColumn.unread {
            hidden.lineLengths[row] = 0
        }
        return hidden
    }

    private static func keeping(_ rows: [Int], of batch: LineBatch) -> LineBatch {
        var kept = LineBatch(bytes: batch.bytes)
        kept.streams = batch.streams
        for row in rows {
            for pair in batch.metadataLabels(ofRow: row) {
                kept.addMetadata(name: pair.name.utf8, value: pair.value.utf8)
            }
            kept.appendRow(
                stream: batch.streamIndexes[row], timestamp: batch.timestamps[row], lineOffset: batch.lineOffsets[row],
                lineLength: batch.lineLengths[row])
        }
        kept.fields = batch.fields.map { FieldColumn(values: $0.values, codes: rows.map($0.code)) }
        kept.areLiteralsTested = batch.areLiteralsTested
        return kept
    }
}

extension FieldColumn {
    fileprivate func code(_ row: Int) -> UInt32 { codes[row] }
}

/// Takes lines apart at their values: quoted strings that no colon follows, and words behind `:` or `=`.
enum LineHoles {
    static func find(in line: [UInt8]) -> [Range<Int>] {
        var holes: [Range<Int>] = []
        var at = 0
        let isJSON = line.first == UInt8(ascii: "{")
        while at < line.count {
            let byte = line[at]
            if byte == UInt8(ascii: "\"") {
                guard let end = endOfString(line, from: at + 1) else { return [] }
                if end + 1 >= line.count || line[end + 1] != UInt8(ascii: ":") { holes.append(at + 1..<end) }
                at = end + 1
            } else if byte == (isJSON ? UInt8(ascii: ":") : UInt8(ascii: "=")) {
                var end = at + 1
                while end < line.count, !isEnd(line[end], isJSON: isJSON) { end += 1 }
                let isWord = end > at + 1 || (!isJSON && (end == line.count || line[end] == 0x20))
                if isWord { holes.append(at + 1..<end) }
                at = max(end, at + 1)
            } else {
                at += 1
            }
        }
        return holes
    }

    /// The fixed text, with a mark for each hole.
    static func text(of line: [UInt8], without holes: [Range<Int>]) -> [UInt8] {
        var text: [UInt8] = []
        var at = 0
        for hole in holes {
            text += line[at..<hole.lowerBound] + [0]
            at = hole.upperBound
        }
        return text + line[at...]
    }

    private static func isEnd(_ byte: UInt8, isJSON: Bool) -> Bool {
        let ends = isJSON ? "{}[],\" " : " \"="
        return ends.utf8.contains(byte)
    }

    private static func endOfString(_ line: [UInt8], from start: Int) -> Int? {
        var at = start
        while at < line.count, line[at] != UInt8(ascii: "\"") { at += line[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return at < line.count ? at : nil
    }
}
