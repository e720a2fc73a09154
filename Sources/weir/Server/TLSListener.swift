internal import NIOCore
internal import NIOSSL
internal import Synchronization
internal import WeirAPI

/// The server's side of TLS: its certificate and whom it trusts, which can be read again while it runs.
final class TLSListener: Sendable {
    private let files: TLSFiles
    private let context: Mutex<NIOSSLContext>

    /// Reads the files.
    ///
    /// - Throws: ``StartFailure`` naming the file that will not do.
    init(_ files: TLSFiles) throws {
        self.files = files
        context = Mutex(try Self.load(files))
    }

    /// Reads the files again, for connections to come: certificates last shorter than servers.
    func reload() throws {
        let fresh = try Self.load(files)
        context.withLock { $0 = fresh }
    }

    /// The handler of a new connection.
    func makeHandler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: context.withLock { $0 })
    }

    private static func load(_ files: TLSFiles) throws -> NIOSSLContext {
        let chain = try reading("cert_file", files.certificate) { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try reading("key_file", files.key) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = files.requiresTLS13 ? .tlsv13 : .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.certificateVerification =
            switch files.clientAuthentication {
            case .none: .none
            case .optional: .optionalVerification
            case .required: .noHostnameVerification
            }
        if let path = files.clientCA {
            let roots = try reading("client_ca_file", path) { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.trustRoots = .certificates(roots)
        }
        return try reading("cert_file", files.certificate) { _ in try NIOSSLContext(configuration: configuration) }
    }

    private static func reading<Value>(_ key: String, _ path: String, _ read: (String) throws -> Value) throws -> Value
    {
        do {
            return try read(path)
        } catch {
            throw StartFailure("server.http_tls_config.\(key): cannot use \(path): \(error)")
        }
    }
}
