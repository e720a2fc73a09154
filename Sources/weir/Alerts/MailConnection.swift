internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import WeirAlerts
internal import WeirSystem

/// Sends one e-mail over a connection of its own: the socket around ``SMTPDialogue``.
enum MailConnection {
    private static let connectTimeMax = TimeAmount.seconds(10)
    private static let implicitTLSPort = 465

    static func send(_ message: MailMessage) async -> DeliveryOutcome {
        let isImplicit = message.server.usesImplicitTLS || message.server.port == implicitTLSPort
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let outcome = loop.makePromise(of: DeliveryOutcome.self)
        do {
            let tls = try NIOSSLContext(configuration: try TLSSettings.client(message.server.tls))
            let name = serverName(message.server)
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(connectTimeMax)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if isImplicit {
                            try channel.pipeline.syncOperations.addHandler(
                                NIOSSLClientHandler(context: tls, serverHostname: name))
                        }
                        try channel.pipeline.syncOperations.addHandler(
                            MailHandler(
                                SMTPDialogue(message, isEncrypted: isImplicit), tls: tls, serverName: name,
                                outcome: outcome))
                    }
                }
                .connect(host: message.server.host, port: message.server.port).get()
            let deadline = loop.scheduleTask(in: TimeAmount(message.server.timeout)) {
                channel.close(promise: nil)
            }
            let result = try await outcome.futureResult.get()
            deadline.cancel()
            return result
        } catch {
            let reason = OutboundHTTP.reason(of: error)
            outcome.succeed(.postponed(reason: reason, after: nil))
            return .postponed(reason: "no connection to \(message.server.host): \(reason)", after: nil)
        }
    }

    /// The name to ask for; an address is none.
    private static func serverName(_ server: MailServer) -> String? {
        if let name = server.tls.serverName { return name }
        let isAddress = server.host.contains(":") || server.host.allSatisfy { $0.isNumber || $0 == "." }
        return isAddress ? nil : server.host
    }
}

/// Carries lines to the dialogue and its steps back.
private final class MailHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// No answer of a mail server has longer lines.
    private static let lineBytesMax = 8 << 10

    private var dialogue: SMTPDialogue
    private let tls: NIOSSLContext
    private let serverName: String?
    private var outcome: EventLoopPromise<DeliveryOutcome>?
    private var line: [UInt8] = []

    init(
        _ dialogue: SMTPDialogue, tls: NIOSSLContext, serverName: String?, outcome: EventLoopPromise<DeliveryOutcome>
    ) {
        self.dialogue = dialogue
        self.tls = tls
        self.serverName = serverName
        self.outcome = outcome
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for byte in unwrapInboundIn(data).readableBytesView {
            if byte != 0x0a {
                line.append(byte)
                guard line.count <= Self.lineBytesMax else {
                    return finish(context, .postponed(reason: "no SMTP server answers", after: nil))
                }
                continue
            }
            while line.last == 0x0d { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            line = []
            perform(dialogue.receive(text), context)
        }
    }

    private func perform(_ step: SMTPDialogue.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .wait: break
        case .send(let bytes): write(bytes, context)
        case .startTLS(let bytes):
            do {
                let handler = try NIOSSLClientHandler(context: tls, serverHostname: serverName)
                try context.pipeline.syncOperations.addHandler(handler, position: .first)
                write(bytes, context)
            } catch { finish(context, .refused(reason: "TLS cannot begin: \(error)")) }
        case .delivered(let bytes):
            write(bytes, context)
            finish(context, .delivered(status: nil))
        case .failed(let outcome): finish(context, outcome)
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func finish(_ context: ChannelHandlerContext, _ result: DeliveryOutcome) {
        outcome?.succeed(result)
        outcome = nil
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(context, .postponed(reason: "the mail server closed the connection", after: nil))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(context, .postponed(reason: "\(error)", after: nil))
    }
}
