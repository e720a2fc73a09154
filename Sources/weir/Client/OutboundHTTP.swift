internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import WeirAgent
internal import WeirSystem

/// The one HTTP client of the process, for commands and for the agent.
enum OutboundHTTP {
    /// Lives as long as the process, so it is never shut down. Connecting is tried once: commands want to know at once,
    /// and the agent has a backoff of its own. Redirects are not followed, because a push must not turn into a GET.
    static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)

    /// The same with certificates of its own.
    static func client(_ tls: ClientTLS) throws -> HTTPClient {
        if tls.isPlain { return client }
        return try shared("\(tls)") { $0.tlsConfiguration = try tls.configuration() }
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private static let others = Mutex<[String: HTTPClient]>([:])

    /// A client for servers that are reached with certificates or through a proxy. Equal wishes get the same one, so
    /// that reloads do not make more and more of them.
    ///
    /// - Throws: when a certificate cannot be read or the proxy's address is none.
    ///
    /// - Parameter addresses: where hosts are that are not where their names lead.
    static func client(
        tls: WeirAgent.TLSConfiguration?, proxyURL: String, addresses: [String: String]
    ) throws -> HTTPClient {
        try shared("\(String(describing: tls))|\(proxyURL)|\(addresses)") { configuration in
            if let tls { configuration.tlsConfiguration = try TLSContext.client(tls) }
            configuration.dnsOverride = addresses
            if !proxyURL.isEmpty { configuration.proxy = try proxy(proxyURL) }
        }
    }

    private static func shared(
        _ key: String, _ set: (inout HTTPClient.Configuration) throws -> Void
    ) throws -> HTTPClient {
        try others.withLock { others in
            if let known = others[key] { return known }
            var configuration = Self.configuration
            try set(&configuration)
            let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            others[key] = made
            return made
        }
    }

    /// `http://user:password@host:port`, or `socks5://host:port`.
    private static func proxy(_ url: String) throws -> HTTPClient.Configuration.Proxy {
        let problem = StartFailure("proxy_url \(url) is not http://HOST:PORT or socks5://HOST:PORT")
        guard let scheme = url.firstRange(of: "://") else { throw problem }
        var rest = url[scheme.upperBound...].prefix { $0 != "/" }
        var authorization: HTTPClient.Authorization?
        if let sign = rest.lastIndex(of: "@") {
            let parts = rest[..<sign].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            authorization = .basic(username: String(parts[0]), password: parts.count > 1 ? String(parts[1]) : "")
            rest = rest[rest.index(after: sign)...]
        }
        let isSOCKS = url.hasPrefix("socks5://")
        let colon = rest.lastIndex(of: ":")
        let host = String(rest[..<(colon ?? rest.endIndex)])
        guard !host.isEmpty, isSOCKS || url.hasPrefix("http://"),
            let port = colon.map({ Int(rest[rest.index(after: $0)...]) }) ?? (isSOCKS ? 1080 : 80)
        else { throw problem }
        if isSOCKS { return .socksServer(host: host, port: port) }
        return authorization.map { .server(host: host, port: port, authorization: $0) }
            ?? .server(host: host, port: port)
    }

    /// The reason of a failed connection in the operating system's words where it has any.
    static func reason(of error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason(of: $0.error) } ?? "no such host"
        case let error as IOError:
            FileError(operation: "connect to", path: "a server", code: error.errnoCode).reason
        default:
            "\(error)"
        }
    }
}
