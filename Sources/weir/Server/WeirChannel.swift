internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// What stands between an accepted socket and the responder: HTTP/1.1 with ``ConnectionFilter`` and receive buffers that
/// grow with the body, which halves the server's CPU time for pushes of 1 MiB.
struct WeirChannel: ServerChildChannel {
    /// An accepted connection and the news of its client's leaving.
    struct Value: ServerChildChannelValue {
        let connection: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let abandonment: Abandonment

        var channel: any Channel { connection.channel }
    }

    let responder: RequestResponder
    let idleTimeout: Duration
    let bodyBytesMax: Int

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
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: limits)
            try pipeline.addHandler(ConnectionFilter(bodyBytesMax: bodyBytesMax, abandonment: abandonment))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
            let connection = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            return Value(connection: connection, abandonment: abandonment)
        }
    }

    func handle(value: Value, logger: Logger) async {
        // Hummingbird's loop over the requests of a connection.
        let loop = HTTP1Channel { request, writer, _ in
            try await responder.respond(to: request, writer, abandonment: value.abandonment)
        }
        await loop.handle(value: value.connection, logger: logger)
    }
}
