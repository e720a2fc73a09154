/// The files with which a server speaks TLS (`server.http_tls_config`), and whom it asks for a certificate.
public struct TLSFiles: Sendable, Hashable {
    /// `cert_file`: the chain, leaf first, as PEM.
    public var certificate: String
    /// `key_file`: its private key as PEM.
    public var key: String
    /// `client_ca_file`: who signs certificates of clients, as PEM; nil is the machine's own list.
    public var clientCA: String?
    /// `client_auth_type`.
    public var clientAuthentication = ClientAuthentication.none
    /// `server.tls_min_version`: whether TLS 1.2 is refused too.
    public var requiresTLS13 = false

    /// What is asked of clients, by Go's names.
    public enum ClientAuthentication: String, Sendable, CaseIterable {
        /// Nothing.
        case none = "noclientcert"
        /// A certificate, which is checked if one comes.
        case optional = "verifyclientcertifgiven"
        /// A certificate that is checked.
        case required = "requireandverifyclientcert"
    }

    /// Names the server's own files.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}
