internal import Glibc
internal import WeirSystem

/// One TCP connection to a server on loopback that says exactly the bytes a test wants said, and nothing by itself.
///
/// Every call blocks, at most two minutes, which only a machine that is busy with much else comes near.
public final class HTTPConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// Connects.
    ///
    /// - Throws: ``FileError`` when nobody listens.
    public init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw FileError(operation: "open", path: "a socket", code: errno) }
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafeBytes(of: &address) {
            connect(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
        guard code == 0 else {
            let failure = FileError(operation: "connect to", path: "127.0.0.1:\(port)", code: errno)
            Glibc.close(descriptor)
            throw failure
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Sends bytes.
    public func send(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + start, $0.count - start, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw FileError(operation: "send to", path: "the server", code: errno) }
            start += sent
        }
    }

    /// Sends text.
    public func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// Sends a request with a body and reads its answer.
    public func ask(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = []
    ) throws -> HTTPReply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        try send(Array((head + "\r\n").utf8) + body)
        return try readReply(hasBody: method != "HEAD")
    }

    /// Reads one answer; those of the 100s have no body.
    public func readReply(hasBody: Bool = true) throws -> HTTPReply {
        var end = Self.endOfHead(received)
        while end == nil {
            guard try receive() else { throw FileError(operation: "read", path: "an answer", code: ECONNRESET) }
            end = Self.endOfHead(received)
        }
        let lines = String(decoding: received.prefix(end!), as: UTF8.self).split(separator: "\r\n")
        received.removeFirst(end!)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard let name = parts.first, let value = parts.last else { continue }
            headers[name.lowercased()] = String(value.drop { $0 == " " })
        }
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length = hasBody && status >= 200 ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
        while received.count < length {
            guard try receive() else { throw FileError(operation: "read", path: "an answer's body", code: ECONNRESET) }
        }
        let body = Array(received.prefix(length))
        received.removeFirst(length)
        return HTTPReply(status: status, headers: headers, body: body)
    }

    /// Reads until the server has closed the connection; false when it has sent something instead.
    public func isClosedByServer() throws -> Bool {
        received.isEmpty ? try !receive() : false
    }

    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw FileError(operation: "read from", path: "the server", code: errno) }
        received += buffer.prefix(count)
        return count > 0
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0..<$0 + mark.count].elementsEqual(mark) }.map { $0 + 4 }
    }
}

/// An answer as it came over the wire.
public struct HTTPReply: Sendable {
    /// The status code.
    public var status: Int
    /// Header fields by lower-case name.
    public var headers: [String: String]
    /// The body.
    public var body: [UInt8]

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
}
