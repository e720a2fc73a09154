internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WeirAPI
internal import WeirModel

extension APIRequest {
    /// Reads a request's head, which is enough to refuse it before its body is taken.
    ///
    /// - Throws: ``RequestError`` when the target cannot be decoded.
    init(head request: Request, arrival: Timestamp) throws(RequestError) {
        try self.init(
            method: request.method.rawValue, target: request.head.path ?? "/",
            headers: request.headers.map { ($0.name.canonicalName, $0.value) }, arrival: arrival)
    }

    /// Reads the body up to the limit, and the pairs of a form.
    ///
    /// Pairs of a form come before those of the URL, because Go, and so Loki, lets the form win.
    ///
    /// - Throws: ``RequestError``, or what the connection throws when it breaks.
    mutating func readBody(of request: Request, bytesMax: Int) async throws {
        body = try await Self.collect(
            request.body, declared: headers["content-length"].flatMap { Int($0) }, bytesMax: bytesMax)
        if request.method == .post, headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true,
            !Self.takesLines(path)
        {
            parameters = try FormPairs.decode(body) + parameters
        }
    }

    /// Whether a body is lines whatever its type says: curl calls everything that it sends a form.
    private static func takesLines(_ path: String) -> Bool {
        path.hasPrefix("/weir/api/v1/push/") || path.hasSuffix("/_bulk")
    }

    /// Reads a head.
    ///
    /// - Throws: ``RequestError`` when the target cannot be decoded.
    init(method: String, target text: String, headers: [(name: String, value: String)], arrival: Timestamp)
        throws(RequestError)
    {
        let target = try Target(text)
        var fields: [String: String] = [:]
        for (name, value) in headers {
            let name = name.lowercased()
            fields[name] = fields[name].map { $0 + ", " + value } ?? value
        }
        self.init(
            method: method, path: target.path, parameters: target.parameters, headers: fields, arrival: arrival)
    }

    private struct Target {
        let path: String
        let parameters: [(name: String, value: String)]

        /// Splits and decodes `/path?a=b`, also in the form with scheme and host that proxies are sent.
        init(_ text: String) throws(RequestError) {
            var rest = text[...]
            if !rest.hasPrefix("/"), let scheme = rest.firstRange(of: "://") {
                let afterHost = rest[scheme.upperBound...].firstIndex { $0 == "/" || $0 == "?" }
                rest = rest[(afterHost ?? rest.endIndex)...]
            }
            let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
            path = try FormPairs.unescape(rest[..<mark].utf8, plusIsSpace: false)
            parameters = try FormPairs.decode(rest[mark...].utf8.dropFirst())
        }
    }

    /// One copy from the receive buffers to the array that becomes the arena of a batch.
    private static func collect(_ body: RequestBody, declared: Int?, bytesMax: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        if let declared {
            guard declared <= bytesMax else { throw RequestError.tooLarge(limit: bytesMax) }
            bytes.reserveCapacity(declared)
        }
        for try await chunk in body {
            guard bytes.count + chunk.readableBytes <= bytesMax else { throw RequestError.tooLarge(limit: bytesMax) }
            chunk.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
