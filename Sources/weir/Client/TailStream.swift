internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket

/// A tail over Loki's WebSocket.
struct TailStream {
    /// What one frame holds.
    struct Frame: Decodable {
        let streams: [QueryAnswer.Stream]
        let dropped: [Dropped]?

        struct Dropped: Decodable {
            let timestamp: String
        }

        private enum CodingKeys: String, CodingKey {
            case streams
            case dropped = "dropped_entries"
        }
    }

    /// How a tail ended.
    enum Ending {
        /// The server does not speak WebSocket here, or refuses; it says why to a plain request.
        case notUpgraded
        /// The connection was lost, or ended by the server for this reason.
        case closed(String)
    }

    let client: WeirClient
    /// Path and query.
    let target: String

    /// A frame holds 100 entries of a server; lines may be long.
    private static let frameBytesMax = 64 << 20

    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// Hands over frames until the connection ends.
    ///
    /// - Throws: ``ClientError`` when nobody answers; what `body` throws.
    func run(_ body: (Frame) throws -> Void) async throws -> Ending {
        let address = try Address(client.address)
        let frames: Frames?
        do {
            frames = try await connect(address)
        } catch let error as StartFailure {
            throw error
        } catch {
            throw ClientError.unreachable(address: client.address, reason: OutboundHTTP.reason(of: error))
        }
        guard let frames else { return .notUpgraded }
        return try await read(frames, body)
    }

    private func read(_ frames: Frames, _ body: (Frame) throws -> Void) async throws -> Ending {
        var ending = Ending.closed("connection lost")
        var text = ByteBuffer()
        // What the reader of rows throws is not the connection's affair.
        var failure: (any Error)?
        do {
            try await frames.executeThenClose { inbound, outbound in
                for try await frame in inbound {
                    switch frame.opcode {
                    case .text, .continuation:
                        text.writeImmutableBuffer(frame.unmaskedData)
                        guard frame.fin else { continue }
                        do { try body(Self.decode(text)) } catch {
                            failure = error
                            return
                        }
                        text.clear()
                    case .ping:
                        try await outbound.write(
                            WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData))
                    case .connectionClose:
                        var data = frame.unmaskedData
                        _ = data.readInteger(as: UInt16.self)
                        ending = .closed(String(buffer: data))
                        return
                    default: break
                    }
                }
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if failure == nil { return ending }
        }
        if let failure { throw failure }
        return ending
    }

    private static func decode(_ text: ByteBuffer) throws -> Frame {
        do {
            return try JSONDecoder().decode(Frame.self, from: Data(text.readableBytesView))
        } catch {
            throw ClientError.unexpected(address: "the tail", reason: "\(error)")
        }
    }

    private func connect(_ address: Address) async throws -> Frames? {
        let tls = try address.isSecure ? NIOSSLContext(configuration: client.tls.configuration()) : nil
        var headers = HTTPHeaders([("Host", address.authority), ("User-Agent", "weir/\(Version.number)")])
        for (name, value) in client.headers { headers.add(name: name, value: value) }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: headers)
        let upgrade = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let name = address.isName ? address.host : nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    return try Self.makeUpgrade(channel, head)
                }
            }
        return try await upgrade.get()
    }

    private static func makeUpgrade(_ channel: any Channel, _ head: HTTPRequestHead) throws -> EventLoopFuture<Frames?>
    {
        let upgrader = NIOTypedWebSocketClientUpgrader<Frames?>(maxFrameSize: frameBytesMax) { channel, _ in
            channel.eventLoop.makeCompletedFuture { try Frames(wrappingChannelSynchronously: channel) }
        }
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration<Frames?>(
                upgradeRequestHead: head, upgraders: [upgrader]
            ) { channel in
                channel.close(promise: nil)
                return channel.eventLoop.makeSucceededFuture(nil)
            })
        // The first frame may come with the answer.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
    }

    /// An address taken apart.
    private struct Address {
        let host: String
        let port: Int
        let isSecure: Bool
        let authority: String

        /// Whether the host is a name, which TLS tells the server; an address it must not.
        var isName: Bool { !host.contains(":") && !host.allSatisfy { $0.isNumber || $0 == "." } }

        init(_ text: String) throws {
            isSecure = text.hasPrefix("https://")
            let rest = text.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
            authority = String(rest)
            var name = rest
            var number = isSecure ? 443 : 80
            if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
                guard let found = Int(rest[rest.index(after: colon)...]) else {
                    throw StartFailure("\(text) is no address; write http://host:port")
                }
                number = found
                name = rest[..<colon]
            }
            host = String(name.filter { $0 != "[" && $0 != "]" })
            port = number
        }
    }
}
