internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import WeirAPI
internal import WeirSystem

/// The HTTP server as a service: listens until asked to stop, then lets requests under way finish.
struct WebServer: Service {
    /// Where it listens and what it takes.
    struct Options: Sendable {
        var host = "127.0.0.1"
        /// 0 lets the system choose.
        var port = 3100
        /// The largest body as it comes over the wire.
        var bodyBytesMax = 100 << 20
        /// How long a connection may be silent between requests.
        var idleTimeout = Duration.seconds(120)
        /// How long a request may take to arrive.
        var readTimeout = Duration.seconds(30)
        /// The most connections at once; 0 is no limit. Those on top wait for others to end.
        var connectionsMax = 0
        /// The server's certificate; nil for plain HTTP.
        var tls: TLSListener?
    }

    let options: Options
    /// Who may ask; nil where anybody may.
    var gate: TenantGate?
    let endpoints: RequestResponder.Endpoints
    /// What tails ask; nil where nobody can tail.
    var tails: WeirChannel.Tails?
    let clock: any WallClock
    let logger: Logger
    /// Called once with the port that is bound.
    let whenListening: @Sendable (_ port: Int) async -> Void

    /// Runs until graceful shutdown.
    ///
    /// - Throws: ``StartFailure`` when the address cannot be bound.
    func run() async throws {
        guard (0...65_535).contains(options.port) else {
            throw StartFailure("cannot listen on port \(options.port); set server.http_listen_port to 0...65535")
        }
        let responder = RequestResponder(
            gate: gate, endpoints: endpoints, bodyBytesMax: options.bodyBytesMax, clock: clock, logger: logger)
        let channel = WeirChannel(
            responder: responder, idleTimeout: options.idleTimeout, bodyBytesMax: options.bodyBytesMax,
            readTimeout: options.readTimeout, tls: options.tls, tails: tails)
        // Hummingbird announces its own address at the level of information; ours is printed by `whenListening`.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let server = channel.server(
            configuration: ServerConfiguration(
                address: .hostname(options.host, port: options.port), backlog: 1024,
                availableConnectionsDelegate: options.connectionsMax > 0
                    ? MaximumAvailableConnections(options.connectionsMax, logger: quiet) : nil),
            onServerRunning: { await whenListening($0.localAddress?.port ?? options.port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
        do {
            try await server.run()
        } catch let error as IOError {
            let reason = FileError(
                operation: "listen on", path: "\(options.host):\(options.port)", code: error.errnoCode)
            throw StartFailure("\(reason); stop what listens there or set server.http_listen_port")
        } catch let error as SocketAddressError.UnknownHost {
            throw StartFailure(
                "cannot listen on \(options.host): no such host; set server.http_listen_address (\(error))")
        }
    }
}
