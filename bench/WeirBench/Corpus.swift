import WeirModel
import WeirTesting

/// Lines as containers write them, JSON of an application, access logs or logfmt, about 190 bytes on average; the
/// same for the same seed.
struct Corpus {
    /// The rows, timestamps ascending; `streamIndexes` are ids below `streamCount`.
    private(set) var batch = LineBatch()
    static let streamCount: UInt32 = 50

    /// Makes one line.
    typealias Line = (_ random: inout SeededGenerator, _ timestamp: Int64) -> String

    /// Creates rows of one shape, or of JSON and access logs in turn, until there are `bytes` of them.
    init(seed: UInt64, bytes: Int, _ line: Line? = nil) {
        batch.streams = (0..<Corpus.streamCount).map { Corpus.labels(ofStream: $0) }
        var random = SeededGenerator(seed: seed)
        var timestamp: Int64 = 1_700_000_000_000_000_000
        batch.bytes.reserveCapacity(bytes + 1024)
        while batch.bytes.count < bytes {
            timestamp += Int64.random(in: 0..<2_000_000, using: &random)
            let stream = UInt32.random(in: 0..<Corpus.streamCount, using: &random)
            let text: String
            if let line {
                text = line(&random, timestamp)
            } else if stream.isMultiple(of: 2) {
                text = Corpus.json(&random, timestamp)
            } else {
                text = Corpus.access(&random, timestamp)
            }
            batch.appendRow(stream: stream, timestamp: timestamp, copying: text.utf8)
        }
    }

    /// The labels of a stream; JSON stands in those of `docker`.
    static func labels(ofStream stream: UInt32) -> LabelSet {
        let job = stream.isMultiple(of: 2) ? "docker" : "files"
        return ["env": "bench", "host": "host\(stream % 4)", "job": job, "service": "s\(stream)"]
    }

    private static let messages = [
        "order accepted", "payment declined by issuer", "cache miss, reading through", "retrying upstream call",
        "session renewed", "slow query on table order_items",
    ]
    private static let paths = ["/api/v1/orders", "/api/v1/cart", "/static/app.js", "/healthz", "/login"]
    private static let agents = [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36",
        "curl/8.5.0", "kube-probe/1.29",
    ]

    static func json(_ random: inout SeededGenerator, _ timestamp: Int64) -> String {
        let level = ["info", "info", "info", "debug", "warn", "error"].randomElement(using: &random)!
        return """
            {"ts":\(timestamp / 1000),"level":"\(level)","logger":"shop.checkout","msg":"\
            \(messages.randomElement(using: &random)!)","user_id":\(UInt32.random(in: 1...90_000, using: &random)),\
            "trace_id":"\(hexadecimal(random.next()))\(hexadecimal(random.next()))",\
            "status":\([200, 200, 200, 204, 404, 503].randomElement(using: &random)!),\
            "duration_ms":\(UInt32.random(in: 1...3000, using: &random)),\
            "items":\(UInt8.random(in: 1...9, using: &random)),"region":"eu-west-1"}
            """
    }

    static func logfmt(_ random: inout SeededGenerator, _ timestamp: Int64) -> String {
        """
        ts=\(timestamp / 1000) level=\(["info", "info", "debug", "error"].randomElement(using: &random)!) caller=\
        compact.go:\(UInt16.random(in: 1...900, using: &random)) msg="\(messages.randomElement(using: &random)!)" \
        trace_id=\(hexadecimal(random.next())) took=\(UInt16.random(in: 1...3000, using: &random))ms \
        component=tsdb blocks=\(UInt8.random(in: 1...9, using: &random)) region=eu-west-1
        """
    }

    static func access(_ random: inout SeededGenerator, _ timestamp: Int64) -> String {
        """
        10.\(UInt8.random(in: 0...9, using: &random)).\(UInt8.random(in: 0...255, using: &random)).\
        \(UInt8.random(in: 1...254, using: &random)) - - [\(timestamp / 1_000_000)] "GET \
        \(paths.randomElement(using: &random)!)?id=\(UInt32.random(in: 1...90_000, using: &random)) HTTP/1.1" \
        \([200, 200, 200, 304, 404, 500].randomElement(using: &random)!) \
        \(UInt32.random(in: 100...90_000, using: &random)) "https://shop.example.com/" \
        "\(agents.randomElement(using: &random)!)" \(UInt32.random(in: 1...900, using: &random))
        """
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The rows in pieces of about 1 MiB, as a head would seal them; `streams` is how many streams they belong to.
    func blocks(streams: UInt32) -> [LineBatch] {
        var pieces: [LineBatch] = []
        var piece = LineBatch()
        piece.streams = batch.streams
        for row in 0..<batch.count {
            let start = Int(batch.lineOffsets[row])
            piece.appendRow(
                stream: batch.streamIndexes[row] % streams, timestamp: batch.timestamps[row],
                copying: batch.bytes[start..<start + Int(batch.lineLengths[row])])
            guard piece.bytes.count >= 1 << 20 || row == batch.count - 1 else { continue }
            pieces.append(piece)
            piece = LineBatch()
            piece.streams = batch.streams
        }
        return pieces
    }
}
