internal import NIOCore
internal import NIOWebSocket

/// The end of a tail's pipeline: answers control frames, writes what it is given, tells when the tail is over.
final class TailFrames: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// Ends when the client has gone or the server is to stop.
    let endings: AsyncStream<Void>

    private let ender: AsyncStream<Void>.Continuation
    private var context: ChannelHandlerContext?
    private var hasSentClose = false

    init() {
        (endings, ender) = AsyncStream.makeStream()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        ender.finish()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .ping:
            send(.pong, frame.unmaskedData, promise: nil)
        case .connectionClose:
            // The answer repeats the code that came.
            var data = frame.unmaskedData
            close(data.readSlice(length: min(2, data.readableBytes)) ?? ByteBuffer())
        default:
            break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        ender.finish()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: ender.finish()
        case let event as ChannelEvent where event == .inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isProtocolError = error is NIOWebSocketError
        close(code: isProtocolError ? .protocolError : .unexpectedServerError, reason: "")
    }

    /// Sends a frame; `promise` tells when the system has taken it.
    func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context, !hasSentClose else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data)), promise: promise)
    }

    /// Says goodbye and closes the connection.
    func close(code: WebSocketErrorCode, reason: String) {
        var data = context?.channel.allocator.buffer(capacity: 128) ?? ByteBuffer()
        data.write(webSocketErrorCode: code)
        // A control frame holds 125 bytes.
        data.writeBytes(reason.utf8.prefix(123))
        close(data)
    }

    private func close(_ data: ByteBuffer) {
        guard let context, !hasSentClose else { return }
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        hasSentClose = true
        ender.finish()
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension TailFrames: Sendable {}
