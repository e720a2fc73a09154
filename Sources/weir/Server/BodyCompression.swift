internal import WeirAPI
internal import WeirBytes
internal import WeirSystem

/// Compresses answers for clients that ask for gzip.
enum BodyCompression {
    /// Smaller bodies fit one packet anyway.
    private static let bytesMin = 1400

    /// Fast: answers are text that shrinks tenfold at any level, and the client waits.
    private static let level: Int32 = 1

    /// Compressing a megabyte takes ten milliseconds, which must not hold up other requests.
    private static let threads = WorkExecutor(name: "weir-gzip", threads: 1)

    /// Whether an `Accept-Encoding` names gzip without refusing it.
    static func isWanted(_ header: String?) -> Bool {
        guard let header else { return false }
        return header.lowercased().split(separator: ",").contains { part in
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard pieces.first == "gzip" || pieces.first == "*" else { return false }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
            return quality.flatMap { Double($0) } ?? 1 > 0
        }
    }

    /// Compresses the body of a successful answer if that is worth it.
    static func compress(_ response: inout APIResponse) async {
        guard response.status == 200, response.body.count >= bytesMin,
            !response.headers.contains(where: { $0.name == "Content-Encoding" })
        else { return }
        let body = response.body
        guard let compressed = try? await threads.run({ InflateCodec.compressGzip(body, level: level) }) else { return }
        response.body = compressed
        response.headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    }
}
