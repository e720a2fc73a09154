internal import NIOCore
internal import NIOHTTP1

/// Cures three faults of kept-alive connections, between NIO's HTTP decoder and everything above it.
///
/// 1. After a request with an `Upgrade` header (every client that offers `h2c`, such as `curl --http2` or Java's
///    HttpClient) the decoder stops parsing, so that the next request of the connection would hang. The header is taken
///    out and the connection ends with the answer, which HTTP allows at any time.
/// 2. `Expect: 100-continue` is answered, because curl otherwise waits a second before it sends a body over 1 MiB.
/// 3. `Connection: close` and HTTP/1.0 are honoured in every spelling, and the answer says so.
///
/// A body that is declared larger than the limit is not asked for, and the connection ends with the refusal, so that
/// nobody reads gigabytes only to throw them away.
final class ConnectionFilter: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let bodyBytesMax: Int
    private let abandonment: Abandonment
    private let pace: PaceWatch
    private var requestCount = 0
    private var responseCount = 0
    /// The number of the request whose answer is the last one.
    private var lastRequest: Int?
    /// Whether the client of HTTP/1.0 asked for the connection to be kept, which its answer must confirm.
    private var confirmsKeepAlive = false

    init(bodyBytesMax: Int, abandonment: Abandonment, pace: PaceWatch) {
        self.bodyBytesMax = bodyBytesMax
        self.pace = pace
        self.abandonment = abandonment
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            if case .end = unwrapInboundIn(data) { pace.finish() }
            context.fireChannelRead(data)
            return
        }
        pace.beginBody()
        requestCount += 1
        let isTooLarge = head.headers.first(name: "content-length").flatMap(Int.init).map { $0 > bodyBytesMax } ?? false
        if isTooLarge || !head.isKeepAlive || head.method == .CONNECT || head.headers.contains(name: "upgrade") {
            lastRequest = requestCount
            head.headers.remove(name: "Upgrade")
            head.headers.remove(name: "HTTP2-Settings")
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        confirmsKeepAlive = head.version == .http1_0 && lastRequest == nil
        if head.headers.first(name: "expect")?.lowercased() == "100-continue", head.version != .http1_0 {
            // With an older answer outstanding this would come in its place; such a client goes on after its own wait.
            if !isTooLarge, requestCount == responseCount + 1 {
                let proceed = HTTPResponseHead(version: head.version, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(proceed)), promise: nil)
            }
            head.headers.remove(name: "Expect")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { abandonment.abandon() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandonment.abandon()
        context.fireChannelInactive()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            if lastRequest == responseCount + 1 {
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            } else if confirmsKeepAlive {
                head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            responseCount += 1
            context.write(data, promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        }
    }
}

@available(*, unavailable)
extension ConnectionFilter: Sendable {}
