internal import WeirAPI
internal import WeirBytes
internal import WeirModel

/// One line of an export: `{"timestamp":"…","labels":{…},"metadata":{…},"line":"…"}`, members in any order.
///
/// `timestamp` is RFC 3339, or nanoseconds since 1970 as a number or text. Members of other names are passed over.
struct ImportedObject {
    private(set) var timestamp: Int64?
    private(set) var labels = LabelSet.empty
    private(set) var metadata = LabelSet.empty
    private(set) var line: [UInt8]?

    /// Why a line is no such object.
    enum Fault: Error, CustomStringConvertible {
        case json(JSONError)
        case time(String)

        var description: String {
            switch self {
            case .json(let error): "no JSON object: \(error)"
            case .time(let text): "`\(text)` is no time; write RFC 3339 or nanoseconds since 1970"
            }
        }
    }

    /// Whether a line is an object with a `line`, as opposed to a log line that happens to be JSON.
    static func isOne(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let object = try? ImportedObject(line) else { return false }
        return object.line != nil && (object.timestamp != nil || !object.labels.isEmpty)
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        var scanner = JSONScanner(bytes)
        do {
            try scanner.expect(UInt8(ascii: "{"))
            if scanner.take(UInt8(ascii: "}")) { return }
            repeat {
                let name = try scanner.decoded(scanner.string())
                try scanner.expect(UInt8(ascii: ":"))
                try readMember(name, &scanner)
            } while scanner.take(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "}"))
        } catch let error as JSONError {
            throw .json(error)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .time("\(error)")
        }
    }

    private mutating func readMember(_ name: String, _ scanner: inout JSONScanner) throws {
        switch name {
        case "timestamp": timestamp = try Self.time(&scanner)
        case "labels": labels = try Self.pairs(&scanner)
        case "metadata": metadata = try Self.pairs(&scanner)
        case "line":
            var text: [UInt8] = []
            try scanner.unescape(scanner.string(), into: &text)
            line = text
        default: _ = try scanner.skipValue()
        }
    }

    private static func time(_ scanner: inout JSONScanner) throws -> Int64 {
        let text: String
        if scanner.peek() == UInt8(ascii: "\"") {
            text = try scanner.decoded(scanner.string())
        } else {
            text = String(decoding: scanner.bytes[try scanner.number()], as: UTF8.self)
        }
        guard let time = Int64(text) ?? TimeText.parse(text) else { throw Fault.time(text) }
        return time
    }

    private static func pairs(_ scanner: inout JSONScanner) throws(JSONError) -> LabelSet {
        var labels: [Label] = []
        try scanner.expect(UInt8(ascii: "{"))
        if scanner.take(UInt8(ascii: "}")) { return .empty }
        repeat {
            let name = try scanner.decoded(scanner.string())
            try scanner.expect(UInt8(ascii: ":"))
            labels.append(Label(name, try scanner.decoded(scanner.string())))
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
        return LabelSet(labels)
    }
}
