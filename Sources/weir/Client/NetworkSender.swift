internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import WeirAgent
internal import WeirSystem

/// The agent's way to other servers.
struct NetworkSender: HTTPSender {
    private let client: HTTPClient
    /// The host of URLs, and the name that its certificate has instead.
    private var certified: (host: String, name: String)?

    /// Takes the client of the process.
    init() {
        client = OutboundHTTP.client
    }

    /// Takes a client for a server with certificates or a proxy of its own.
    ///
    /// - Throws: when a certificate cannot be read or the proxy's address is none.
    init(_ configuration: ClientConfiguration) throws {
        guard configuration.tls != nil || !configuration.proxyURL.isEmpty else {
            client = OutboundHTTP.client
            return
        }
        var addresses: [String: String] = [:]
        if let name = configuration.tls?.serverName, !name.isEmpty, let host = Self.host(of: configuration.url) {
            certified = (host, name)
            addresses[name] = host
        }
        client = try OutboundHTTP.client(
            tls: configuration.tls, proxyURL: configuration.proxyURL, addresses: addresses)
    }

    private static func host(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let place = url[scheme.upperBound...].prefix { $0 != "/" }
        return String(place.prefix { $0 != ":" })
    }

    /// The certificate is checked against the name in the URL.
    private func certifiedURL(_ url: String) -> String {
        guard let certified, let range = url.firstRange(of: "://" + certified.host) else { return url }
        var renamed = url
        renamed.replaceSubrange(range, with: "://" + certified.name)
        return renamed
    }

    /// Enough of an answer for a message; the rest is read and dropped, so that the connection can be used again.
    private static let bodyPrefixBytesMax = 4 << 10

    func post(
        url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
    ) async throws(HTTPSendError) -> HTTPAnswer {
        var request = HTTPClientRequest(url: certifiedURL(url))
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            var prefix: [UInt8] = []
            for try await chunk in response.body {
                prefix += chunk.readableBytesView.prefix(Self.bodyPrefixBytesMax - prefix.count)
            }
            let fields = response.headers.map { (name: $0.name, value: $0.value) }
            return HTTPAnswer(status: Int(response.status.code), headers: fields, bodyPrefix: prefix)
        } catch {
            throw Self.failure(error, url: url)
        }
    }

    /// Why a request of the HTTP client has no answer.
    static func failure(_ error: any Error, url: String) -> HTTPSendError {
        if let error = error as? HTTPSendError { return error }
        if error is CancellationError || Task.isCancelled { return .cancelled }
        switch error as? HTTPClientError {
        case .invalidURL?, .emptyHost?, .emptyScheme?, .missingSocketPath?: return .badURL(url)
        case .deadlineExceeded?, .connectTimeout?, .readTimeout?, .writeTimeout?: return .timeout
        case .cancelled?: return .cancelled
        default: return .unreachable(OutboundHTTP.reason(of: error))
        }
    }
}
