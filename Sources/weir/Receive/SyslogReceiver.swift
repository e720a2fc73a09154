internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization
internal import WeirAgent
internal import WeirModel
internal import WeirSystem

/// Takes syslog messages over TCP, with or without TLS, and over UDP.
///
/// Who sends over TCP waits while there is no room; datagrams without room are lost and counted.
struct SyslogReceiver: Sendable {
    let configuration: SyslogConfiguration
    let job: String
    let fan: InboxFan
    let logger: Logger

    private typealias Stream = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private typealias Datagrams = NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>>

    /// Receives until cancelled.
    ///
    /// - Throws: when the address cannot be bound or a certificate cannot be read.
    func run() async throws {
        let place = "\(configuration.transport.rawValue)://\(configuration.address):\(configuration.port)"
        switch configuration.transport {
        case .tcp: try await runStreams(place)
        case .udp: try await runDatagrams(place)
        }
    }

    private func runStreams(_ place: String) async throws {
        let tls = try configuration.tls.map { try TLSContext.server($0) }
        let idle = TimeAmount(configuration.idleTimeout)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: configuration.address, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: idle))
                    try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
                    return try Stream(wrappingChannelSynchronously: channel)
                }
            }
        logger.info("syslog", metadata: ["address": "\(place)", "job": "\(job)"])
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { await self.serve(connection) }
                }
            }
        }
    }

    /// One connection, until it ends; what is wrong with it is nobody else's matter.
    private func serve(_ connection: Stream) async {
        let peer = connection.channel.remoteAddress
        do {
            try await connection.executeThenClose { inbound, _ in
                var framing = SyslogFraming(bytesMax: configuration.messageBytesMax)
                for try await buffer in inbound {
                    let messages = try framing.take(buffer.readableBytesView)
                    guard try await fan.deliver(lines(messages, from: peer), job: job) != nil else { return }
                }
                let rest = framing.finish()
                if !rest.isEmpty { _ = try await fan.deliver(lines([rest], from: peer), job: job) }
            }
        } catch is CancellationError {
        } catch {
            logger.warning(
                "syslog connection ended", metadata: ["from": "\(peer?.ipAddress ?? "")", "reason": "\(error)"])
        }
    }

    private func runDatagrams(_ place: String) async throws {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
            .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
            .bind(host: configuration.address, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture { try Datagrams(wrappingChannelSynchronously: channel) }
            }
        logger.info("syslog", metadata: ["address": "\(place)", "job": "\(job)"])
        try await channel.executeThenClose { inbound, _ in
            for try await envelope in inbound {
                var message = Array(envelope.data.readableBytesView.prefix(configuration.messageBytesMax))
                // Some senders end a datagram as they would end a line.
                while let last = message.last, last == 0x0a || last == 0x0d || last == 0 { message.removeLast() }
                fan.deliverNow(lines([message], from: envelope.remoteAddress), job: job)
            }
        }
    }

    private func lines(_ messages: [[UInt8]], from peer: SocketAddress?) -> [ReceivedLine] {
        let now = SystemClock().now()
        return messages.compactMap { bytes in
            guard let message = SyslogMessage(bytes, format: configuration.format, now: now) else {
                SyslogCounters.shared.countError()
                logger.debug("no syslog message", metadata: ["from": "\(peer?.ipAddress ?? "")"])
                return nil
            }
            let text = configuration.keepsWholeMessage ? bytes : message.text
            guard !text.isEmpty else {
                SyslogCounters.shared.countEmpty()
                return nil
            }
            SyslogCounters.shared.countEntry()
            var labels = message.metaLabels(withData: configuration.labelsStructuredData)
            if let address = peer?.ipAddress { labels.append(Label("__syslog_connection_ip_address", address)) }
            return ReceivedLine(
                labels: configuration.labels.adding(labels),
                timestamp: configuration.usesIncomingTimestamp ? message.timestamp : nil, line: text)
        }
    }
}

/// Ends a connection that is silent for too long.
private final class CloseWhenIdle: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

/// What syslog receivers have counted, under Promtail's names.
final class SyslogCounters: Sendable {
    /// Those of this process: metrics are the process's, and outlive a reload.
    static let shared = SyslogCounters()

    private let counts = Mutex((entries: 0, errors: 0, empty: 0))

    func countEntry() { counts.withLock { $0.entries += 1 } }
    func countError() { counts.withLock { $0.errors += 1 } }
    func countEmpty() { counts.withLock { $0.empty += 1 } }

    var families: [MetricFamily] {
        let counts = counts.withLock { $0 }
        return [
            MetricFamily(
                "promtail_syslog_target_entries_total", "Syslog messages taken.", .counter,
                value: Double(counts.entries)),
            MetricFamily(
                "promtail_syslog_target_parsing_errors_total", "Messages that are none of syslog's.", .counter,
                value: Double(counts.errors)),
            MetricFamily(
                "promtail_syslog_empty_messages_total", "Messages without text.", .counter,
                value: Double(counts.empty)),
        ]
    }
}
