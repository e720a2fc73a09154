internal import WeirBytes
internal import WeirModel

/// Makes rows of Elasticsearch's `_bulk` bodies, which Filebeat, Vector and Fluent Bit send: a line that names an action
/// and an index, then a line with the document.
///
/// The index becomes the label `index`; `service.name`, `host.name` and `log.level`, flat or nested, become structured
/// metadata; `message` (or `log`, `msg`) is the line, else the whole document is.
struct BulkPush {
    /// What becomes of each action, in order, for the answer.
    private(set) var actions: [String] = []

    private var table: StreamTable
    private var columns = RowColumns()
    private var metadata: MetadataColumn
    private let arrival: Timestamp

    /// Members whose values are kept beside the line, by the name they get.
    private static let kept = ["service.name", "host.name", "host.hostname", "log.level", "level", "trace.id"]

    /// One document's findings.
    private struct Document {
        var time: Int64?
        var line: (rank: Int, range: Range<Int>)?
        var pairs: [(name: String, value: String)] = []
    }

    /// Decodes a body; `index` is the one in the path, for actions that name none.
    static func decode(
        _ body: consuming [UInt8], index: String?, rules: DiscoveryRules, arrival: Timestamp
    ) throws(PushRejection) -> (push: DecodedPush, actions: [String]) {
        let outcome = body.withUnsafeBytes { bytes -> Result<BulkPush, PushRejection> in
            var decoder = BulkPush(bodyBytes: bytes.count, rules: rules, arrival: arrival)
            do {
                try decoder.request(bytes, index: index)
                return .success(decoder)
            } catch let rejection as PushRejection {
                return .failure(rejection)
            } catch {
                return .failure(PushRejection("the body is no sequence of actions and documents: \(error)"))
            }
        }
        let decoder = try outcome.get()
        body.append(contentsOf: decoder.metadata.tail)
        let (streams, duplicates) = (decoder.table.streams, decoder.table.duplicates)
        let push = DecodedPush(
            batch: decoder.columns.batch(bytes: body, streams: streams), streamCount: streams.count,
            duplicates: duplicates)
        return (push, decoder.actions)
    }

    private init(bodyBytes: Int, rules: DiscoveryRules, arrival: Timestamp) {
        table = StreamTable(rules: rules)
        metadata = MetadataColumn(bodyBytes: bodyBytes)
        self.arrival = arrival
    }

    private mutating func request(_ bytes: UnsafeRawBufferPointer, index: String?) throws {
        var start = 0
        while let line = BulkPush.line(in: bytes, from: &start) {
            let (action, named) = try BulkPush.action(in: bytes, line)
            actions.append(action)
            // A deletion has no document, and nothing to say here.
            if action == "delete" { continue }
            guard let document = BulkPush.line(in: bytes, from: &start) else {
                throw PushRejection("the last action has no document")
            }
            try add(document, of: bytes)
            let labels = [Label("index", named ?? index ?? "")]
            columns.closeStream(table.index(of: labels))
        }
    }

    /// The next line that is not empty.
    private static func line(in bytes: UnsafeRawBufferPointer, from start: inout Int) -> Range<Int>? {
        while start < bytes.count {
            let feed = ByteSearch.first(UInt8(ascii: "\n"), in: bytes, from: start) ?? bytes.count
            defer { start = feed + 1 }
            var end = feed
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            if end > start { return start..<end }
        }
        return nil
    }

    private static func action(
        in bytes: UnsafeRawBufferPointer, _ line: Range<Int>
    ) throws -> (name: String, index: String?) {
        var scanner = JSONScanner(UnsafeRawBufferPointer(rebasing: bytes[..<line.upperBound]), from: line.lowerBound)
        var name = ""
        var index: String?
        try scanner.eachMember { scanner, key in
            name = try scanner.decoded(key)
            try scanner.eachMember { scanner, key in
                if scanner.isKey(key, "_index"), scanner.peek() == UInt8(ascii: "\"") {
                    index = try scanner.decoded(scanner.string())
                } else {
                    try scanner.skipValue()
                }
            }
        }
        guard ["index", "create", "update", "delete"].contains(name) else {
            throw PushRejection("unknown action \(QuotedText.quote(name))")
        }
        return (name, index)
    }

    private mutating func add(_ range: Range<Int>, of bytes: UnsafeRawBufferPointer) throws {
        var scanner = JSONScanner(UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound]), from: range.lowerBound)
        var document = Document()
        try members(&scanner, prefix: "", depth: 0, of: &document)
        for pair in document.pairs {
            metadata.add(name: Array(pair.name.utf8), value: Array(pair.value.utf8), to: &columns)
        }
        let line = document.line?.range ?? range
        let ordinal = Int64(columns.timestamps.count)
        columns.appendRow(
            timestamp: document.time ?? arrival.advanced(byNanoseconds: ordinal).nanoseconds,
            lineOffset: line.lowerBound, lineLength: line.count)
    }

    private mutating func members(
        _ scanner: inout JSONScanner, prefix: String, depth: Int, of document: inout Document
    ) throws {
        try scanner.eachMember { scanner, key in
            let name = prefix + (try scanner.decoded(key))
            let isText = scanner.peek() == UInt8(ascii: "\"")
            if name == "@timestamp" || name == "timestamp" && document.time == nil {
                document.time = try DocumentTime.read(&scanner) ?? document.time
            } else if isText, let rank = ["message", "log", "msg"].firstIndex(of: name) {
                let text = try scanner.string()
                if rank < document.line?.rank ?? .max { document.line = (rank, try place(of: text, scanner)) }
            } else if isText, BulkPush.kept.contains(name) {
                document.pairs.append((name, try scanner.decoded(scanner.string())))
            } else if depth == 0, scanner.peek() == UInt8(ascii: "{") {
                try members(&scanner, prefix: name + ".", depth: 1, of: &document)
            } else {
                try scanner.skipValue()
            }
        }
    }

    private mutating func place(of text: JSONScanner.Text, _ scanner: JSONScanner) throws -> Range<Int> {
        guard text.hasEscape else { return text.range }
        let start = metadata.tailOffset + metadata.tail.count
        try scanner.unescape(text, into: &metadata.tail)
        return start..<metadata.tailOffset + metadata.tail.count
    }
}
