internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WeirAPI
internal import WeirModel

extension APIRequest {
    /// Reads a request off the wire: the body up to the limit, the pairs of the URL and of a form.
    ///
    /// Pairs of a form come before those of the URL, because Go, and so Loki, lets the form win.
    ///
    /// - Throws: ``RequestError``, or what the connection throws when it breaks.
    init(reading request: Request, bodyBytesMax: Int, arrival: Timestamp) async throws {
        let target = try Target(request.head.path ?? "/")
        var headers: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            headers[name] = headers[name].map { $0 + ", " + field.value } ?? field.value
        }
        let body = try await Self.collect(
            request.body, declared: headers["content-length"].flatMap { Int($0) }, bytesMax: bodyBytesMax)
        var parameters = target.parameters
        if request.method == .post, headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true,
            !Self.takesLines(target.path)
        {
            parameters = try FormPairs.decode(body) + parameters
        }
        self.init(
            method: request.method.rawValue, path: target.path, parameters: parameters, headers: headers, body: body,
            arrival: arrival)
    }

    /// Whether a body is lines whatever its type says: curl calls everything that it sends a form.
    private static func takesLines(_ path: String) -> Bool {
        path.hasPrefix("/weir/api/v1/push/") || path.hasSuffix("/_bulk")
    }

    /// Reads the head of a request that will become something else than HTTP; it has no body.
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
