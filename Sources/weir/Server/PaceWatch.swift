internal import NIOCore

/// Ends connections whose requests arrive too slowly; stands in front of the HTTP decoder and is told by ``ConnectionFilter``
/// behind it what the bytes made.
final class PaceWatch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private var pace: RequestPace
    private var isScheduled = false
    /// Whether we want bytes: a sender that is held back by us is not slow.
    private var isReading = false

    init(allowance: Duration) {
        pace = RequestPace(allowance: allowance)
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pace.take(unwrapInboundIn(data).readableBytes, now: Self.now)
        context.fireChannelRead(data)
        schedule(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        context.fireChannelReadComplete()
    }

    func beginBody() { pace.beginBody(now: Self.now) }

    func finish() { pace.finish() }

    func stop() { pace.stop() }

    /// One timer at a time: most requests are over when it fires.
    private func schedule(_ context: ChannelHandlerContext) {
        guard !isScheduled, let deadline = pace.deadline else { return }
        isScheduled = true
        let bound = NIOLoopBound((watch: self, context: context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: NIODeadline.uptimeNanoseconds(UInt64(max(0, deadline)))) {
            bound.value.watch.check(bound.value.context)
        }
    }

    private func check(_ context: ChannelHandlerContext) {
        isScheduled = false
        guard context.channel.isActive, let deadline = pace.deadline else { return }
        if deadline <= Self.now, isReading {
            context.close(promise: nil)
        } else if deadline <= Self.now {
            // Held back by us: look again in a while.
            isScheduled = true
            let bound = NIOLoopBound((watch: self, context: context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .seconds(5)) { bound.value.watch.check(bound.value.context) }
        } else {
            schedule(context)
        }
    }

    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }
}

@available(*, unavailable)
extension PaceWatch: Sendable {}
