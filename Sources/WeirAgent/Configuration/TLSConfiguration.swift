/// Certificates of one side of a connection (`tls_config:`); all paths are of files in PEM form.
public struct TLSConfiguration: Sendable, Hashable {
    /// The authorities that the other side is checked against; empty takes the machine's (`ca_file`).
    public var authoritiesFile = ""
    /// The own certificate, with its chain; empty shows none (`cert_file`).
    public var certificateFile = ""
    /// The own certificate's key (`key_file`).
    public var keyFile = ""
    /// The name that the server's certificate must have instead of the URL's (`server_name`).
    public var serverName = ""
    /// Whether the other side is believed without a check (`insecure_skip_verify`).
    public var skipsVerification = false

    /// Creates the defaults.
    public init() {}
}
