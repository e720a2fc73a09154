internal import LogQL
internal import WeirBytes
internal import WeirModel

/// How exported entries are written, one a line.
enum ExportForm: String {
    /// An object with `timestamp`, `labels` and `line`; what `/weir/api/v1/push/ndjson` would not lose.
    case ndjson
    /// Three columns with a head: instant, labels as a selector, line.
    case csv
    /// The line alone.
    case raw

    /// The media type of the answer.
    var contentType: String {
        switch self {
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8"
        case .raw: "text/plain; charset=utf-8"
        }
    }

    /// What stands before the first entry.
    var head: [UInt8] {
        self == .csv ? Array("timestamp,labels,line\n".utf8) : []
    }

    /// Appends an entry.
    func append(_ entry: ResultEntry, labels: LabelSet, to target: inout [UInt8]) {
        switch self {
        case .ndjson:
            var json = JSONWriter()
            swap(&json.bytes, &target)
            json.raw(#"{"timestamp":"#)
            json.quotedNumber(entry.timestamp.nanoseconds)
            json.raw(#","labels":"#)
            json.labels(labels)
            json.raw(#","line":"#)
            json.string(entry.line)
            json.raw("}\n")
            swap(&json.bytes, &target)
        case .csv:
            target.append(contentsOf: TimeText.nanoseconds(entry.timestamp.nanoseconds).utf8)
            target.append(UInt8(ascii: ","))
            ExportForm.appendQuoted(Array(labels.description.utf8), to: &target)
            target.append(UInt8(ascii: ","))
            ExportForm.appendQuoted(entry.line, to: &target)
            target.append(UInt8(ascii: "\n"))
        case .raw:
            target.append(contentsOf: entry.line)
            target.append(UInt8(ascii: "\n"))
        }
    }

    private static func appendQuoted(_ text: [UInt8], to target: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        target.append(quote)
        for byte in text {
            if byte == quote { target.append(quote) }
            target.append(byte)
        }
        target.append(quote)
    }
}
