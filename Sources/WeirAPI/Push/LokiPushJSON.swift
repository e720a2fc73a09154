internal import WeirBytes
internal import WeirModel

/// Decodes Loki's JSON push request. The body is the batch's arena: lines without escapes are not copied, others are
/// unescaped behind it.
enum LokiPushJSON {
    /// Decodes a body, with transport encodings undone.
    static func decode(_ body: [UInt8], rules: DiscoveryRules) throws(PushRejection) -> DecodedPush {
        guard !body.isEmpty else { throw PushRejection("EOF") }
        var decoder = JSONPushDecoder(bodyBytes: body.count, rules: rules)
        var fault: PushRejection?
        body.withUnsafeBytes { buffer in
            do {
                try decoder.request(buffer)
            } catch let rejection as PushRejection {
                fault = rejection
            } catch {
                preconditionFailure("the decoder threw \(error)")
            }
        }
        if let fault { throw fault }
        return decoder.finish(body)
    }
}

/// One pass over a request.
private struct JSONPushDecoder {
    private var table: StreamTable
    private var columns = RowColumns()
    private var metadata: MetadataColumn
    private var streamCount = 0

    /// Why a value of a stream is not what the format asks for. Loki reports them all at the end of the stream.
    private enum ValueFault: String, Error {
        case number = "Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol"
        case text = #"Value is string, but can't find closing '"' symbol"#
        case object = "Value looks like object, but can't find closing '}' symbol"
        case array = "Value is array, but can't find closing ']' symbol"
    }

    init(bodyBytes: Int, rules: DiscoveryRules) {
        table = StreamTable(rules: rules)
        metadata = MetadataColumn(bodyBytes: bodyBytes)
    }

    consuming func finish(_ body: consuming [UInt8]) -> DecodedPush {
        if !metadata.tail.isEmpty { body.append(contentsOf: metadata.tail) }
        let (streams, count, duplicates) = (table.streams, streamCount, table.duplicates)
        return DecodedPush(
            batch: columns.batch(bytes: body, streams: streams), streamCount: count, duplicates: duplicates)
    }

    mutating func request(_ bytes: UnsafeRawBufferPointer) throws {
        var scanner = JSONScanner(bytes)
        guard let first = scanner.peek() else { throw PushRejection("EOF") }
        if first == UInt8(ascii: "n") {
            do { try scanner.literal("null") } catch { throw JSONPushFault.broken(bytes, at: error.byteOffset) }
            return
        }
        guard scanner.take(UInt8(ascii: "{")) else {
            let found = "readObjectStart: expect { or n, but found \(Character(UnicodeScalar(first)))"
            throw JSONPushFault.rejection(found, bytes, at: scanner.offset + 1, path: "")
        }
        do {
            try members(&scanner)
        } catch let error as JSONError {
            throw JSONPushFault.broken(bytes, at: error.byteOffset)
        }
    }

    private mutating func members(_ scanner: inout JSONScanner) throws {
        if scanner.take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try scanner.string()
            try scanner.expect(UInt8(ascii: ":"))
            if scanner.isKey(key, "streams") {
                try streams(&scanner)
            } else {
                try scanner.skipValue()
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
    }

    private mutating func streams(_ scanner: inout JSONScanner) throws {
        if scanner.peek() == UInt8(ascii: "n") { return try scanner.literal("null") }
        try scanner.expect(UInt8(ascii: "["))
        if scanner.take(UInt8(ascii: "]")) { return }
        repeat {
            _ = scanner.peek()
            let start = scanner.offset
            do {
                try stream(&scanner)
            } catch let fault as ValueFault {
                var whole = JSONScanner(scanner.bytes, from: start)
                let end = try whole.skipValue().upperBound
                throw JSONPushFault.rejection(
                    "unmarshalerDecoder: " + fault.rawValue, scanner.bytes, at: end, path: JSONPushFault.streamsPath)
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
    }

    /// Labels may come behind the values, so the rows get their stream when the object is through.
    private mutating func stream(_ scanner: inout JSONScanner) throws {
        streamCount += 1
        var labels: [Label] = []
        guard scanner.peek() == UInt8(ascii: "{") else { throw ValueFault.object }
        scanner.offset += 1
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                let key = try scanner.string()
                try scanner.expect(UInt8(ascii: ":"))
                if scanner.isKey(key, "stream") {
                    labels = try streamLabels(&scanner)
                } else if scanner.isKey(key, "values") {
                    try values(&scanner)
                } else {
                    try scanner.skipValue()
                }
            } while scanner.take(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "}"))
        }
        columns.closeStream(table.index(of: try JSONPushDecoder.checked(labels)))
    }

    private func streamLabels(_ scanner: inout JSONScanner) throws -> [Label] {
        if scanner.peek() == UInt8(ascii: "n") {
            try scanner.literal("null")
            return []
        }
        guard scanner.take(UInt8(ascii: "{")) else { throw ValueFault.object }
        var labels: [Label] = []
        if scanner.take(UInt8(ascii: "}")) { return labels }
        repeat {
            let name = try scanner.decoded(scanner.string())
            try scanner.expect(UInt8(ascii: ":"))
            let value: String
            switch scanner.peek() {
            case UInt8(ascii: "\""): value = try scanner.decoded(scanner.string())
            case UInt8(ascii: "{"), UInt8(ascii: "["), nil: throw ValueFault.text
            default: value = String(decoding: scanner.bytes[try scanner.skipValue()], as: UTF8.self)
            }
            // A doubled key of a JSON object is one label; the last one counts, as in a map.
            labels.removeAll { $0.name == name }
            labels.append(Label(name, value))
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        return labels
    }

    /// Names that Prometheus' parser refuses are refused in its words, over the text that Loki makes of the labels.
    private static func checked(_ labels: [Label]) throws(PushRejection) -> [Label] {
        if labels.allSatisfy({ Label.isValidName($0.name) }) { return labels }
        let text = LabelSet(labels).description
        var fault = PushRejection("couldn't parse labels: \(text)")
        let bytes = [UInt8](text.utf8)
        bytes.withUnsafeBytes { buffer in
            do throws(PushRejection) { _ = try StreamLabelParser.parse(buffer) } catch { fault = error }
        }
        throw fault
    }

    private mutating func values(_ scanner: inout JSONScanner) throws {
        if scanner.peek() == UInt8(ascii: "n") { return try scanner.literal("null") }
        guard scanner.take(UInt8(ascii: "[")) else { throw ValueFault.array }
        if scanner.take(UInt8(ascii: "]")) { return }
        repeat {
            try entry(&scanner)
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
    }

    /// Reads `["<ns>", "<line>", {…}]`; what is missing is empty, what is more is skipped.
    @inline(__always)
    private mutating func entry(_ scanner: inout JSONScanner) throws {
        guard scanner.take(UInt8(ascii: "[")) else { throw ValueFault.number }
        var timestamp = PushTime.missing
        var line = 0..<0
        if !scanner.take(UInt8(ascii: "]")) {
            guard scanner.peek() == UInt8(ascii: "\"") else { throw ValueFault.number }
            let time = try scanner.string()
            guard let parsed = PushTime.parse(scanner.bytes, time.range) else { throw ValueFault.number }
            timestamp = parsed
            if scanner.take(UInt8(ascii: ",")) {
                guard scanner.peek() == UInt8(ascii: "\"") else { throw ValueFault.text }
                line = try place(of: scanner.string(), scanner)
                if scanner.take(UInt8(ascii: ",")) { try pairs(&scanner) }
                while scanner.take(UInt8(ascii: ",")) { try scanner.skipValue() }
            }
            try scanner.expect(UInt8(ascii: "]"))
        }
        columns.appendRow(timestamp: timestamp, lineOffset: line.lowerBound, lineLength: line.count)
    }

    /// Where a text lies in the arena: in the body as it is, or unescaped in the tail.
    @inline(__always)
    private mutating func place(of text: JSONScanner.Text, _ scanner: JSONScanner) throws -> Range<Int> {
        guard text.hasEscape else { return text.range }
        let start = metadata.tailOffset + metadata.tail.count
        do throws(JSONError) {
            try scanner.unescape(text, into: &metadata.tail)
        } catch {
            throw ValueFault.text
        }
        return start..<metadata.tailOffset + metadata.tail.count
    }

    private mutating func pairs(_ scanner: inout JSONScanner) throws {
        guard scanner.take(UInt8(ascii: "{")) else { throw ValueFault.object }
        if scanner.take(UInt8(ascii: "}")) { return }
        repeat {
            let name = try scanner.string()
            try scanner.expect(UInt8(ascii: ":"))
            guard scanner.peek() == UInt8(ascii: "\"") else { throw ValueFault.text }
            let value = try scanner.string()
            if name.hasEscape || value.hasEscape {
                metadata.add(
                    name: try unescaped(name, scanner), value: try unescaped(value, scanner), to: &columns)
            } else {
                metadata.add(name: name.range, value: value.range, in: scanner.bytes, to: &columns)
            }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
    }

    private func unescaped(_ text: JSONScanner.Text, _ scanner: JSONScanner) throws -> [UInt8] {
        var plain: [UInt8] = []
        do throws(JSONError) { try scanner.unescape(text, into: &plain) } catch { throw ValueFault.text }
        return plain
    }
}
