import Foundation
import Testing
import WeirSystem
import WeirTesting

/// Who gets in, and how: tokens, TLS, slow senders.
@Suite struct SecurityTests {
    @Test func `a token made by the command opens what its scopes name and nothing else`() async throws {
        let made = try WeirProcess(["token", "bob", "--scope", "read"])
        #expect(await made.waitForExit() == 0)
        let token = made.output.filter { !$0.isWhitespace }
        let entry = try #require(made.errors.split(separator: "\n").last)
        let server = try await TestServer(more: "security:\n  tokens:\n\(entry)\n")
        let connection = try HTTPConnection(port: server.port)
        let bearer = ["Authorization": "Bearer " + token]
        #expect(try connection.ask("GET", "/ready").status == 200)
        #expect(try connection.ask("GET", "/loki/api/v1/labels").status == 401)
        #expect(try connection.ask("GET", "/loki/api/v1/labels", headers: bearer).status == 200)
        #expect(try connection.ask("GET", "/metrics", headers: bearer).status == 200)
        let body = Array("{}".utf8)
        #expect(try connection.ask("POST", "/loki/api/v1/push", headers: bearer, body: body).status == 403)
        #expect(try connection.ask("GET", "/config", headers: bearer).status == 403)
        // An upgrade is refused like any request.
        let handshake = [
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        ]
        #expect(
            try connection.ask("GET", "/loki/api/v1/tail?query=%7Ba%3D%22b%22%7D", headers: handshake).status == 401)

        let labels = try WeirProcess(["labels", "--addr", server.address], environment: ["WEIR_TOKEN": token])
        #expect(await labels.waitForExit() == 0)
        let refused = try WeirProcess(["labels", "--addr", server.address])
        #expect(await refused.waitForExit() == 1)
        #expect(refused.errors.contains("no token"))
    }

    @Test func `requests have identifiers, the client's own if it sent one`() async throws {
        let server = try await TestServer()
        let connection = try HTTPConnection(port: server.port)
        let first = try connection.ask("GET", "/ready").headers["x-request-id"]
        let second = try connection.ask("GET", "/ready").headers["x-request-id"]
        #expect(first != nil && first != second)
        #expect(
            try connection.ask("GET", "/ready", headers: ["X-Request-ID": "abc-1"]).headers["x-request-id"] == "abc-1")
    }

    @Test func `a head that never ends and a body that trickles are given up`() async throws {
        let server = try await TestServer(more: "", server: "http_server_read_header_timeout: 1s")
        let head = try HTTPConnection(port: server.port)
        try head.send("GET /ready HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        #expect(try head.isClosedByServer())
        let body = try HTTPConnection(port: server.port)
        try body.send("POST /loki/api/v1/push HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{")
        #expect(try body.isClosedByServer())
        // Others are served meanwhile and afterwards.
        #expect(try HTTPConnection(port: server.port).ask("GET", "/ready").status == 200)
    }

    @Test func `a server that anybody can reach says so, one with tokens does not`() async throws {
        let folder = TemporaryFolder()
        let arguments = ["serve", "--server.http-listen-address", "0.0.0.0", "--server.http-listen-port", "0"]
        let hash = String(repeating: "0", count: 64)
        for (more, isOpen) in [
            ([], true), (["--set", "security.tokens=[{name: a, scopes: [read], sha256: \"\(hash)\"}]"], false),
        ] {
            let process = try WeirProcess(arguments + ["--data", folder.path + "/\(isOpen)"] + more)
            let isUp = await eventually { TestServer.announcedPort(process.output) != nil || !process.isRunning }
            #expect(isUp && process.isRunning, "\(process.errors)")
            #expect(process.errors.contains("anybody who reaches this address") == isOpen)
        }
    }

    @Test func `TLS serves commands, and asks for a certificate where it is told to`() async throws {
        for requiresClient in [false, true] {
            let folder = TemporaryFolder()
            let files = [
                ("ca.pem", TestCertificates.authority), ("server.pem", TestCertificates.server),
                ("server.key", TestCertificates.serverKey), ("client.pem", TestCertificates.client),
                ("client.key", TestCertificates.clientKey),
            ]
            for (name, text) in files {
                try text.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
            }
            var tls = "cert_file: \(folder.path)/server.pem, key_file: \(folder.path)/server.key"
            if requiresClient {
                tls += ", client_ca_file: \(folder.path)/ca.pem, client_auth_type: RequireAndVerifyClientCert"
            }
            let process = try WeirProcess([
                "serve", "--server.http-listen-port", "0", "--data", folder.path + "/data", "--set",
                "server.http_tls_config={\(tls)}",
            ])
            let isUp = await eventually { process.output.contains("\n") || !process.isRunning }
            #expect(isUp && process.isRunning, "\(process.errors)")
            let output = process.output
            let port = try #require(output.firstRange(of: "https://127.0.0.1:")).upperBound
            let address = "https://127.0.0.1:" + output[port...].prefix { $0.isNumber }
            var environment = ["WEIR_CA_FILE": folder.path + "/ca.pem"]
            let plain = try WeirProcess(["labels", "--addr", address], environment: environment)
            #expect((await plain.waitForExit() == 0) != requiresClient, "\(plain.errors)")
            environment["WEIR_CERT_FILE"] = folder.path + "/client.pem"
            environment["WEIR_KEY_FILE"] = folder.path + "/client.key"
            let known = try WeirProcess(["labels", "--addr", address], environment: environment)
            #expect(await known.waitForExit() == 0, "\(known.errors)")
            let stranger = try WeirProcess(["labels", "--addr", address])
            #expect(await stranger.waitForExit() == 1)
        }
    }
}
