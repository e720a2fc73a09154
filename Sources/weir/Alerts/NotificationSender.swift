internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Synchronization
internal import WeirAlerts
internal import WeirSystem

/// The notifier's way to other servers: a client for each kind of route, and mail.
final class NotificationSender: NotificationTransport {
    /// Enough of an answer for a message; the rest is read and dropped, so that the connection can be used again.
    private static let bodyPrefixBytesMax = 4 << 10
    private static let redirectsMax = 5
    /// Clients live as long as the process, so there must not be many.
    private static let clientsMax = 64

    private let clients = Mutex<[HTTPRoute: HTTPClient]>([:])

    func post(_ message: HTTPMessage) async throws(HTTPSendError) -> HTTPAnswer {
        var request = HTTPClientRequest(url: message.url)
        request.method = .POST
        for (name, value) in message.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: message.body))
        do {
            let client = try client(for: message.route)
            let response = try await client.execute(request, timeout: TimeAmount(message.timeout))
            var prefix: [UInt8] = []
            for try await chunk in response.body {
                prefix += chunk.readableBytesView.prefix(Self.bodyPrefixBytesMax - prefix.count)
            }
            let fields = response.headers.map { (name: $0.name, value: $0.value) }
            return HTTPAnswer(status: Int(response.status.code), headers: fields, bodyPrefix: prefix)
        } catch {
            throw NetworkSender.failure(error, url: message.url)
        }
    }

    func send(_ message: MailMessage) async -> DeliveryOutcome {
        await MailConnection.send(message)
    }

    private func client(for route: HTTPRoute) throws -> HTTPClient {
        try clients.withLock { clients in
            if let client = clients[route] { return client }
            guard clients.count < Self.clientsMax else {
                throw HTTPSendError.unreachable(
                    "more than \(Self.clientsMax) different http_config; restart to forget old ones")
            }
            var configuration = HTTPClient.Configuration(
                tlsConfiguration: try TLSSettings.client(route.tls),
                redirectConfiguration: route.followsRedirects
                    ? .follow(max: Self.redirectsMax, allowCycles: false) : .disallow)
            configuration.timeout.connect = .seconds(5)
            configuration.connectionPool.retryConnectionEstablishment = false
            if let proxy = route.proxyURL {
                let parts = try ProxyAddress(proxy)
                configuration.proxy = .server(host: parts.host, port: parts.port)
            }
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[route] = client
            return client
        }
    }
}

/// `http://proxy:3128`
private struct ProxyAddress {
    let host: String
    let port: Int

    init(_ text: String) throws(HTTPSendError) {
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        while rest.hasSuffix("/") { rest.removeLast() }
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]) else {
            throw .unreachable("proxy_url must be http://host:port")
        }
        host = String(rest[..<colon])
        self.port = port
    }
}

/// `tls_config` for the library that does TLS.
enum TLSSettings {
    static func client(_ options: TLSOptions) throws -> TLSConfiguration {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        if options.skipsVerification { settings.certificateVerification = .none }
        if let file = options.authorityFile { settings.trustRoots = .file(file) }
        if let file = options.certificateFile {
            settings.certificateChain = try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) }
        }
        if let file = options.keyFile {
            settings.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem))
        }
        return settings
    }
}
