internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket
internal import WeirAPI

/// Turns a connection whose first request asks to tail into a WebSocket; everything else passes.
///
/// Stands between the HTTP codec and ``ConnectionFilter``. NIO's own upgrade handler answers the request and takes the
/// codec out; it is only put in when the upgrade will succeed, because it loses requests that it refuses. Frames then end
/// in ``TailFrames``, so that the HTTP handlers behind it sit idle until the connection ends.
final class TailUpgrade: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// The HTTP handlers around this one.
    struct Surroundings {
        let encoder: HTTPResponseEncoder
        let decoder: any RemovableChannelHandler
        /// Closes connections that send no requests, which a tail never does.
        let idleWatch: any RemovableChannelHandler
        /// Closes connections whose requests arrive slowly.
        let pace: PaceWatch
        /// The handler in front of which frames end.
        let filter: any ChannelHandler
    }

    private let surroundings: Surroundings
    private let read: (HTTPRequestHead) -> TailRequest?
    private let begin: (TailSocket) -> Void
    private var isDecided = false

    /// - Parameters:
    ///   - read: the tail that a request means; nil leaves it to the HTTP endpoint to refuse it.
    ///   - begin: called with the socket once the connection is one.
    init(
        _ surroundings: Surroundings, read: @escaping (HTTPRequestHead) -> TailRequest?,
        begin: @escaping (TailSocket) -> Void
    ) {
        self.surroundings = surroundings
        self.read = read
        self.begin = begin
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isDecided {
            isDecided = true
            if case .head(let head) = unwrapInboundIn(data), Self.isWebSocket(head), let request = read(head) {
                prepare(request, context)
            }
        }
        context.fireChannelRead(data)
    }

    private func prepare(_ request: TailRequest, _ context: ChannelHandlerContext) {
        let upgrader = TailUpgrader(request: request, surroundings: surroundings, begin: begin)
        let handler = HTTPServerUpgradeHandler(
            upgraders: [upgrader], httpEncoder: surroundings.encoder, extraHTTPHandlers: [surroundings.decoder],
            upgradeCompletionHandler: { _ in })
        // A failure leaves the request to the HTTP endpoint.
        try? context.pipeline.syncOperations.addHandler(handler, position: .after(self))
    }

    /// Whether the handshake is one that NIO will accept.
    private static func isWebSocket(_ head: HTTPRequestHead) -> Bool {
        func only(_ name: String) -> String? {
            let values = head.headers[name]
            return values.count == 1 ? values[0] : nil
        }
        return head.method == .GET && head.version == .http1_1 && only("upgrade")?.lowercased() == "websocket"
            && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
            && only("sec-websocket-version") == "13" && only("sec-websocket-key")?.isEmpty == false
    }
}

@available(*, unavailable)
extension TailUpgrade: Sendable {}

/// What NIO's upgrade handler asks: the handshake is NIO's, the pipeline is ours.
private final class TailUpgrader: HTTPServerProtocolUpgrader {
    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []

    private let request: TailRequest
    private let surroundings: TailUpgrade.Surroundings
    private let begin: (TailSocket) -> Void
    private let handshake = NIOWebSocketServerUpgrader(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })

    /// Clients send nothing but control frames.
    private static let frameBytesMax = 64 << 10

    init(
        request: TailRequest, surroundings: TailUpgrade.Surroundings, begin: @escaping (TailSocket) -> Void
    ) {
        self.request = request
        self.surroundings = surroundings
        self.begin = begin
    }

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        handshake.buildUpgradeResponse(
            channel: channel, upgradeRequest: upgradeRequest, initialResponseHeaders: initialResponseHeaders)
    }

    func upgrade(context: ChannelHandlerContext, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Void> {
        context.eventLoop.makeCompletedFuture {
            let frames = TailFrames()
            let decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Self.frameBytesMax))
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandlers(
                [WebSocketFrameEncoder(), decoder, frames], position: .before(surroundings.filter))
            pipeline.removeHandler(surroundings.idleWatch, promise: nil)
            surroundings.pace.stop()
            begin(TailSocket(channel: context.channel, frames: frames, request: request))
        }
    }
}
