internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import WeirSystem

/// The agent's way to other servers.
struct NetworkSender: HTTPSender {
    /// Enough of an answer for a message; the rest is read and dropped, so that the connection can be used again.
    private static let bodyPrefixBytesMax = 4 << 10

    func post(
        url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
    ) async throws(HTTPSendError) -> HTTPAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await OutboundHTTP.client.execute(request, timeout: TimeAmount(timeout))
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

    private static func failure(_ error: any Error, url: String) -> HTTPSendError {
        if error is CancellationError || Task.isCancelled { return .cancelled }
        switch error as? HTTPClientError {
        case .invalidURL?, .emptyHost?, .emptyScheme?, .missingSocketPath?: return .badURL(url)
        case .deadlineExceeded?, .connectTimeout?, .readTimeout?, .writeTimeout?: return .timeout
        case .cancelled?: return .cancelled
        default: return .unreachable(OutboundHTTP.reason(of: error))
        }
    }
}
