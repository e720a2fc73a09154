internal import NIOSSL
internal import WeirAgent

/// Certificates from files as the TLS library wants them.
enum TLSContext {
    /// For what connects to a server.
    ///
    /// - Throws: when a file cannot be read.
    static func client(_ tls: WeirAgent.TLSConfiguration) throws -> NIOSSL.TLSConfiguration {
        var configuration = NIOSSL.TLSConfiguration.makeClientConfiguration()
        if !tls.authoritiesFile.isEmpty { configuration.trustRoots = .file(tls.authoritiesFile) }
        if tls.skipsVerification { configuration.certificateVerification = .none }
        if !tls.certificateFile.isEmpty {
            let (chain, key) = try identity(tls)
            configuration.certificateChain = chain
            configuration.privateKey = key
        }
        return configuration
    }

    /// For a receiver; senders must show a certificate of the authorities, where there are any.
    ///
    /// - Throws: when a file cannot be read.
    static func server(_ tls: WeirAgent.TLSConfiguration) throws -> NIOSSLContext {
        guard !tls.certificateFile.isEmpty else {
            throw StartFailure("a receiver with TLS needs cert_file and key_file")
        }
        let (chain, key) = try identity(tls)
        var configuration = NIOSSL.TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        configuration.minimumTLSVersion = .tlsv12
        if !tls.authoritiesFile.isEmpty {
            configuration.trustRoots = .file(tls.authoritiesFile)
            configuration.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// The own certificate with its chain, and its key.
    private static func identity(
        _ tls: WeirAgent.TLSConfiguration
    ) throws -> (chain: [NIOSSLCertificateSource], key: NIOSSLPrivateKeySource) {
        (
            try NIOSSLCertificate.fromPEMFile(tls.certificateFile).map { .certificate($0) },
            .privateKey(try NIOSSLPrivateKey(file: tls.keyFile, format: .pem))
        )
    }
}
