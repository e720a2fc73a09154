import Testing
import WeirTesting

/// What plain HTTP clients do on a connection, byte for byte.
@Suite(.serialized) struct WireTests {
    let server: TestServer

    init() async throws {
        server = try await TestServer()
    }

    @Test func `a connection serves one request after another`() throws {
        let connection = try HTTPConnection(port: server.port)
        for _ in 0..<3 {
            #expect(try connection.ask("GET", "/ready").status == 200)
        }
    }

    @Test func `a request with an Upgrade header is answered and ends the connection`() throws {
        let connection = try HTTPConnection(port: server.port)
        let headers = ["Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQ"]
        let reply = try connection.ask("GET", "/ready", headers: headers)
        #expect(reply.status == 200)
        #expect(reply.headers["connection"] == "close")
        #expect(try connection.isClosedByServer())
    }

    @Test func `an Upgrade header on a later request does not lose its answer`() throws {
        let connection = try HTTPConnection(port: server.port)
        #expect(try connection.ask("GET", "/ready").headers["connection"] == nil)
        let reply = try connection.ask("GET", "/ready", headers: ["Connection": "Upgrade", "Upgrade": "foo"])
        #expect(reply.status == 200)
        #expect(try connection.isClosedByServer())
    }

    @Test func `Expect 100-continue is answered before the body is sent`() throws {
        let connection = try HTTPConnection(port: server.port)
        let body = TestServer.pushBody(["app": "expect"], lines: ["one"], start: server.start)
        try connection.send(
            "POST /loki/api/v1/push HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.count)\r\nExpect: 100-continue\r\n\r\n")
        #expect(try connection.readReply().status == 100)
        try connection.send(body)
        #expect(try connection.readReply().status == 204)
        #expect(try connection.ask("GET", "/ready").status == 200)
    }

    @Test func `a body declared beyond the limit is refused before it is sent`() throws {
        let connection = try HTTPConnection(port: server.port)
        try connection.send(
            "POST /loki/api/v1/push HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n")
        let reply = try connection.readReply()
        #expect(reply.status == 413)
        #expect(reply.headers["connection"] == "close")
        #expect(try connection.isClosedByServer())
    }

    @Test func `HEAD has the header fields of GET and no body`() throws {
        let connection = try HTTPConnection(port: server.port)
        let get = try connection.ask("GET", "/ready")
        let head = try connection.ask("HEAD", "/ready")
        #expect(head.status == get.status)
        #expect(head.headers["content-length"] == get.headers["content-length"])
        #expect(try connection.ask("GET", "/ready").status == 200)
    }

    @Test func `pipelined requests are answered in order`() throws {
        let connection = try HTTPConnection(port: server.port)
        try connection.send(
            "GET /ready HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET /ready HTTP/1.1\r\nHost: a\r\n\r\n"
        )
        #expect(try (0..<3).map { _ in try connection.readReply().status } == [200, 404, 200])
    }

    @Test func `HTTP 1-0 and Connection Close end the connection after the answer`() throws {
        for request in ["GET /ready HTTP/1.0\r\n\r\n", "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n"] {
            let connection = try HTTPConnection(port: server.port)
            try connection.send(request)
            #expect(try connection.readReply().status == 200)
            #expect(try connection.isClosedByServer())
        }
    }

    @Test func `bytes that are no HTTP are answered with 400`() throws {
        let connection = try HTTPConnection(port: server.port)
        try connection.send("\u{16}\u{3}\u{1} garbage\r\n\r\n")
        #expect(try connection.readReply().status == 400)
        #expect(try HTTPConnection(port: server.port).ask("GET", "/ready").status == 200)
    }

    @Test func `a query of a hundred thousand bytes fits into the URL`() throws {
        let connection = try HTTPConnection(port: server.port)
        let filler = String(repeating: "x", count: 100_000)
        let reply = try connection.ask("GET", "/loki/api/v1/query_range?query=%7Bapp%3D%22\(filler)%22%7D")
        #expect(reply.status == 200, "\(reply.text.prefix(200))")
    }

    @Test func `a gzip push is stored`() async throws {
        let connection = try HTTPConnection(port: server.port)
        let body = TestServer.gzip(
            TestServer.pushBody(["app": "gzip"], lines: ["first", "second"], start: server.start))
        let headers = ["Content-Type": "application/json", "Content-Encoding": "gzip"]
        #expect(try connection.ask("POST", "/loki/api/v1/push", headers: headers, body: body).status == 204)
        #expect(try server.lines(of: #"{app="gzip"}"#) == ["first", "second"])
    }

    @Test func `a chunked body is stored`() throws {
        let connection = try HTTPConnection(port: server.port)
        let body = TestServer.pushBody(["app": "chunked"], lines: ["only"], start: server.start)
        try connection.send(
            "POST /loki/api/v1/push HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for piece in [body.prefix(7), body.dropFirst(7)] {
            try connection.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
        }
        try connection.send("0\r\n\r\n")
        #expect(try connection.readReply().status == 204)
        #expect(try server.lines(of: #"{app="chunked"}"#) == ["only"])
    }
}
