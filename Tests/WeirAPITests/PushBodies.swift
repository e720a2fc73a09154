import WeirAPI
import WeirBytes
import WeirModel
import WeirTesting

/// A push request as a sender holds it, and its encodings.
struct PushBody {
    struct Entry: Equatable {
        var timestamp: Int64
        var line: [UInt8]
        var metadata: [Label] = []

        init(_ timestamp: Int64, _ line: String, _ metadata: [Label] = []) {
            self.timestamp = timestamp
            self.line = Array(line.utf8)
            self.metadata = metadata
        }
    }

    var streams: [(labels: LabelSet, entries: [Entry])]

    /// One stream.
    init(_ labels: LabelSet, _ entries: Entry...) {
        streams = [(labels, entries)]
    }

    init(streams: [(labels: LabelSet, entries: [Entry])]) {
        self.streams = streams
    }

    /// The protobuf message before Snappy.
    var wire: [UInt8] {
        var writer = WireWriter()
        for (labels, entries) in streams {
            writer.message(field: 1) { stream in
                stream.text(field: 1, labels.description)
                for entry in entries { stream.message(field: 2) { PushBody.write(entry, to: &$0) } }
                stream.varint(field: 3, 77)
            }
        }
        return writer.bytes
    }

    private static func write(_ entry: Entry, to message: inout WireWriter) {
        message.message(field: 1) { time in
            time.varint(field: 1, entry.timestamp / 1_000_000_000)
            if entry.timestamp % 1_000_000_000 != 0 { time.varint(field: 2, entry.timestamp % 1_000_000_000) }
        }
        message.data(field: 2, entry.line)
        for pair in entry.metadata {
            message.message(field: 3) {
                $0.text(field: 1, pair.name)
                $0.text(field: 2, pair.value)
            }
        }
    }

    var protobuf: [UInt8] { SnappyCodec.compress(wire) }

    var json: [UInt8] {
        var json = JSONWriter()
        json.raw(#"{"streams":["#)
        for (index, (labels, entries)) in streams.enumerated() {
            json.raw(index == 0 ? #"{"stream":"# : #",{"stream":"#)
            PushBody.write(labels.labels, to: &json)
            json.raw(#","values":["#)
            for (index, entry) in entries.enumerated() {
                json.raw(index == 0 ? "[" : ", [")
                json.quotedNumber(entry.timestamp)
                json.raw(",")
                json.string(entry.line)
                if !entry.metadata.isEmpty {
                    json.raw(",")
                    PushBody.write(entry.metadata, to: &json)
                }
                json.raw("]")
            }
            json.raw("]}")
        }
        json.raw("]}")
        return json.bytes
    }

    private static func write(_ labels: [Label], to json: inout JSONWriter) {
        json.raw("{")
        for (index, label) in labels.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(label.name)
            json.raw(":")
            json.string(label.value)
        }
        json.raw("}")
    }

    /// Random streams with lines of odd characters, for round trips.
    static func random(seed: Int) -> PushBody {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("abc =\"\\\n\t{}<é🚀\u{2028}ERRORinfo")
        func text(_ count: Int) -> String {
            String((0..<Int.random(in: 0...count, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
        }
        let streams = (0..<Int.random(in: 1...5, using: &random)).map { index in
            let labels: LabelSet = ["app": "a\(index / 2)", "text": "x" + text(5)]
            let entries = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                let metadata = Bool.random(using: &random) ? [Label("trace_id", text(6)), Label("k", "v")] : []
                return Entry(Int64.random(in: 0...1_700_000_000_000_000_000, using: &random), text(60), metadata)
            }
            return (labels, entries)
        }
        return PushBody(streams: streams)
    }
}

extension APIRequest {
    static let arrival = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    static func push(_ body: [UInt8], _ type: String?, encoding: String? = nil) -> APIRequest {
        var headers: [String: String] = [:]
        headers["content-type"] = type
        headers["content-encoding"] = encoding
        return APIRequest(
            method: "POST", path: "/loki/api/v1/push", headers: headers, body: body, arrival: arrival)
    }

    static func pushJSON(_ text: String) -> APIRequest {
        push(Array(text.utf8), "application/json")
    }

    static func get(_ path: String, _ parameters: KeyValuePairs<String, String> = [:]) -> APIRequest {
        APIRequest(
            method: "GET", path: path, parameters: parameters.map { (name: $0.key, value: $0.value) }, arrival: arrival)
    }
}

extension PushLimits {
    /// Limits that add nothing and take any age.
    static var plain: PushLimits {
        var limits = PushLimits()
        limits.rejectsOld = false
        limits.serviceNameLabels = []
        limits.discoversLevels = false
        return limits
    }

    /// Limits with both discoveries, for entries of any age.
    static var discovering: PushLimits {
        var limits = PushLimits()
        limits.rejectsOld = false
        return limits
    }
}

extension LineBatch {
    /// The rows as a test compares them.
    var rows: [String] {
        (0..<count).map { row in
            let metadata = metadataLabels(ofRow: row).map { "\($0.name)=\($0.value)" }.joined(separator: ",")
            let stream = streams[Int(streamIndexes[row])]
            return "\(timestamps[row]) \(stream) [\(metadata)] \(lineText(ofRow: row))"
        }
    }
}
