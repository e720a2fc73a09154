internal import WeirBytes
internal import WeirModel

/// Decodes the JSON of `/api/prom/push`: labels as selector text, instants as RFC 3339.
///
/// `{"streams":[{"labels":"{app=\"x\"}","entries":[{"ts":"…","line":"…","structuredMetadata":{…}}]}]}`
enum LegacyPushJSON {
    /// Decodes a body, with transport encodings undone.
    static func decode(_ body: consuming [UInt8], rules: DiscoveryRules) throws(PushRejection) -> DecodedPush {
        guard !body.isEmpty else { throw PushRejection("EOF") }
        let outcome = body.withUnsafeBytes { bytes -> Result<LegacyPushDecoder, PushRejection> in
            var decoder = LegacyPushDecoder(bodyBytes: bytes.count, rules: rules)
            do {
                try decoder.request(JSONScanner(bytes))
                return .success(decoder)
            } catch let rejection as PushRejection {
                return .failure(rejection)
            } catch let error as JSONError {
                return .failure(JSONPushFault.broken(bytes, at: error.byteOffset))
            } catch {
                preconditionFailure("the decoder threw \(error)")
            }
        }
        return try outcome.get().finish(body)
    }
}

/// One pass over a request.
private struct LegacyPushDecoder {
    private var table: StreamTable
    private var columns = RowColumns()
    private var metadata: MetadataColumn
    private var streamCount = 0

    init(bodyBytes: Int, rules: DiscoveryRules) {
        table = StreamTable(rules: rules)
        metadata = MetadataColumn(bodyBytes: bodyBytes)
    }

    consuming func finish(_ body: consuming [UInt8]) -> DecodedPush {
        body.append(contentsOf: metadata.tail)
        let (streams, count, duplicates) = (table.streams, streamCount, table.duplicates)
        return DecodedPush(
            batch: columns.batch(bytes: body, streams: streams), streamCount: count, duplicates: duplicates)
    }

    mutating func request(_ start: JSONScanner) throws {
        var scanner = start
        try scanner.eachMember { scanner, key in
            guard scanner.isKey(key, "streams") else {
                try scanner.skipValue()
                return
            }
            try scanner.eachElement { try stream(&$0) }
        }
    }

    /// Labels may come behind the entries, so the rows get their stream when the object is through.
    private mutating func stream(_ scanner: inout JSONScanner) throws {
        streamCount += 1
        var labels: [UInt8] = Array("{}".utf8)
        try scanner.eachMember { scanner, key in
            if scanner.isKey(key, "labels") {
                labels = Array(try scanner.decoded(scanner.string()).utf8)
            } else if scanner.isKey(key, "entries") {
                try scanner.eachElement { try entry(&$0) }
            } else {
                try scanner.skipValue()
            }
        }
        let index = try labels.withUnsafeBytes { try table.index(ofText: $0) }
        columns.closeStream(index)
    }

    private mutating func entry(_ scanner: inout JSONScanner) throws {
        var timestamp = PushTime.missing
        var line = 0..<0
        try scanner.eachMember { scanner, key in
            if scanner.isKey(key, "ts") || scanner.isKey(key, "timestamp") {
                let text = try scanner.decoded(scanner.string())
                guard let instant = TimeText.parse(text) else {
                    throw PushRejection("parsing time \(QuotedText.quote(text)): not an RFC 3339 instant")
                }
                timestamp = instant
            } else if scanner.isKey(key, "line") {
                line = try place(of: scanner.string(), scanner)
            } else if scanner.isKey(key, "structuredMetadata") {
                try pairs(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
        columns.appendRow(timestamp: timestamp, lineOffset: line.lowerBound, lineLength: line.count)
    }

    private mutating func place(of text: JSONScanner.Text, _ scanner: JSONScanner) throws -> Range<Int> {
        guard text.hasEscape else { return text.range }
        let start = metadata.tailOffset + metadata.tail.count
        try scanner.unescape(text, into: &metadata.tail)
        return start..<metadata.tailOffset + metadata.tail.count
    }

    private mutating func pairs(_ scanner: inout JSONScanner) throws {
        try scanner.eachMember { scanner, key in
            let name = try scanner.decoded(key)
            let value = try scanner.decoded(scanner.string())
            metadata.add(name: Array(name.utf8), value: Array(value.utf8), to: &columns)
        }
    }
}
