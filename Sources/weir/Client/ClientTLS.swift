internal import NIOSSL

/// The files with which a client speaks TLS.
struct ClientTLS: Sendable, Hashable {
    /// Who signs the server's certificate; nil is the machine's own list.
    var ca: String?
    /// The client's own certificate.
    var certificate: String?
    /// Its key.
    var key: String?

    /// Whether the machine's own settings do.
    var isPlain: Bool { ca == nil && certificate == nil }

    /// The same for a connection.
    ///
    /// - Throws: ``StartFailure`` naming the file that will not do.
    func configuration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let ca {
            configuration.trustRoots = .certificates(try reading(ca) { try NIOSSLCertificate.fromPEMFile($0) })
        }
        if let certificate {
            let chain = try reading(certificate) { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try reading(key ?? certificate) { try NIOSSLPrivateKey(file: $0, format: .pem) })
        }
        return configuration
    }

    private func reading<Value>(_ path: String, _ read: (String) throws -> Value) throws -> Value {
        do {
            return try read(path)
        } catch {
            throw StartFailure("cannot use \(path): \(error)")
        }
    }
}
