internal import WeirBytes
internal import WeirModel

/// Makes rows of a body whose every line is an entry: `/weir/api/v1/push/ndjson`.
///
/// Labels come from the URL. Lines get the time of arrival, a nanosecond apart so that equal ones are kept and their
/// order with them, unless a member of the JSON in them says when.
enum LinePush {
    /// Cuts a body at line feeds; empty lines are nothing.
    static func decode(
        _ body: consuming [UInt8], labels: [Label], timeField: String?, rules: DiscoveryRules, arrival: Timestamp
    ) -> DecodedPush {
        var columns = RowColumns()
        var table = StreamTable(rules: rules)
        let key = timeField.map { Array($0.utf8) }
        body.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let feed = ByteSearch.first(UInt8(ascii: "\n"), in: bytes, from: start) ?? bytes.count
                var end = feed
                if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
                if end > start {
                    let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                    let time = key.flatMap { LinePush.time(in: line, key: $0) }
                    let ordinal = Int64(columns.timestamps.count)
                    columns.appendRow(
                        timestamp: time ?? arrival.advanced(byNanoseconds: ordinal).nanoseconds, lineOffset: start,
                        lineLength: end - start)
                }
                start = feed + 1
            }
        }
        if !columns.timestamps.isEmpty { columns.closeStream(table.index(of: LabelSet(labels).labels)) }
        let (streams, duplicates) = (table.streams, table.duplicates)
        return DecodedPush(
            batch: columns.batch(bytes: body, streams: streams), streamCount: streams.count, duplicates: duplicates)
    }

    /// The instant in a top-level member of a line; nil when the line is no JSON or has none.
    private static func time(in line: UnsafeRawBufferPointer, key wanted: [UInt8]) -> Int64? {
        var scanner = JSONScanner(line)
        var found: Int64?
        // What is broken behind the member does not matter.
        try? scanner.eachMember { scanner, key in
            if found == nil, line[key.range].elementsEqual(wanted) {
                found = try DocumentTime.read(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
        return found
    }
}
