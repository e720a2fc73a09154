internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import WeirSystem

/// The one HTTP client of the process, for commands and for the agent.
enum OutboundHTTP {
    /// Lives as long as the process, so it is never shut down. Connecting is tried once: commands want to know at once,
    /// and the agent has a backoff of its own. Redirects are not followed, because a push must not turn into a GET.
    static let client = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

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
