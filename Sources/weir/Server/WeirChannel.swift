internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1
internal import WeirAPI
internal import WeirModel
internal import WeirSystem

/// What stands between an accepted socket and the responder: HTTP/1.1 with ``ConnectionFilter`` and receive buffers that
/// grow with the body, which halves the server's CPU time for pushes of 1 MiB.
struct WeirChannel: ServerChildChannel {
    /// An accepted connection, the news of its client's leaving, and the tail that it may turn into.
    struct Value: ServerChildChannelValue {
        let connection: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let abandonment: Abandonment
        let sockets: AsyncStream<TailSocket>
        let socketSource: AsyncStream<TailSocket>.Continuation

        var channel: any Channel { connection.channel }
    }

    let responder: RequestResponder
    let idleTimeout: Duration
    let bodyBytesMax: Int
    /// How long a request may take to arrive; see ``RequestPace``.
    let readTimeout: Duration
    /// The server's certificate; nil for plain HTTP.
    let tls: TLSListener?
    /// What tails ask; nil where nobody can tail.
    let tails: Tails?

    /// How a server tails.
    struct Tails: Sendable {
        /// What opens tails; nil while the server starts.
        let door: @Sendable () -> TailDoor?
        let gate: TenantGate
        let clock: any WallClock

        /// The tail that a request means; nil when it has to be refused.
        func read(_ head: HTTPRequestHead) -> TailRequest? {
            let fields = head.headers.map { (name: $0.name, value: $0.value) }
            let arrival = Timestamp(nanoseconds: clock.now())
            guard let door = door(),
                var request = try? APIRequest(
                    method: head.method.rawValue, target: head.uri, headers: fields, arrival: arrival),
                gate.refusal(of: &request) == nil
            else { return nil }
            return door.read(request)
        }
    }

    /// Starts at what a query needs, so that an idle connection costs little, and ends where larger reads stop paying.
    private static let receiveBuffers = AdaptiveRecvByteBufferAllocator(
        minimum: 2048, initial: 16 << 10, maximum: 256 << 10)

    /// As much as Go's server takes: a query of 131,072 bytes is allowed and may come percent-encoded in the URL.
    private static let headBytesMax = 1 << 20

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.syncOptions?.setOption(.recvAllocator, value: Self.receiveBuffers)
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = Self.headBytesMax
            limits.maxHeaderListSize = Self.headBytesMax
            let abandonment = Abandonment()
            let encoder = HTTPResponseEncoder()
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
            let pace = PaceWatch(allowance: readTimeout)
            let filter = ConnectionFilter(bodyBytesMax: bodyBytesMax, abandonment: abandonment, pace: pace)
            let idleWatch = HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger)
            let (sockets, socketSource) = AsyncStream.makeStream(of: TailSocket.self)
            let pipeline = channel.pipeline.syncOperations
            if let tls { try pipeline.addHandler(tls.makeHandler()) }
            try pipeline.addHandler(pace)
            try pipeline.addHandler(encoder)
            try pipeline.addHandler(decoder)
            if let tails {
                let surroundings = TailUpgrade.Surroundings(
                    encoder: encoder, decoder: decoder, idleWatch: idleWatch, pace: pace, filter: filter)
                try pipeline.addHandler(
                    TailUpgrade(surroundings, read: tails.read) { socket in socketSource.yield(socket) })
            }
            try pipeline.addHandler(filter)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
            try pipeline.addHandler(idleWatch)
            let connection = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            return Value(
                connection: connection, abandonment: abandonment, sockets: sockets, socketSource: socketSource)
        }
    }

    func handle(value: Value, logger: Logger) async {
        guard let tails else { return await handleRequests(value, logger) }
        await withDiscardingTaskGroup { group in
            group.addTask {
                await handleRequests(value, logger)
                value.socketSource.finish()
            }
            for await socket in value.sockets {
                guard let door = tails.door() else { continue }
                await TailConnection(socket: socket, door: door, clock: tails.clock).run()
            }
        }
    }

    private func handleRequests(_ value: Value, _ logger: Logger) async {
        // Hummingbird's loop over the requests of a connection.
        let loop = HTTP1Channel { request, writer, _ in
            try await responder.respond(to: request, writer, abandonment: value.abandonment)
        }
        await loop.handle(value: value.connection, logger: logger)
    }
}
