/// A notification in the form in which it leaves.
public enum OutboundMessage: Sendable {
    /// A POST request.
    case http(HTTPMessage)
    /// An e-mail.
    case mail(MailMessage)
}

/// A POST request and how it is sent.
public struct HTTPMessage: Sendable {
    /// Where to; may hold a token, so it appears in no message.
    public var url: String
    /// Header fields besides length and host.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]
    /// How long everything may take.
    public var timeout: Duration
    /// Proxy and TLS.
    public var route: HTTPRoute

    /// Creates a request with a JSON body.
    init(url: String, json: JSONTree, options: HTTPOptions, _ writer: MessageWriter) throws(MessageError) {
        self.url = url
        body = json.bytes
        headers = [("Content-Type", "application/json")]
        timeout = options.timeout
        route = options.route
        headers += try options.fields(writer)
    }
}

/// The way to another server: requests of equal routes can share connections.
public struct HTTPRoute: Sendable, Hashable {
    /// `proxy_url`; nil for none.
    public var proxyURL: String?
    /// Whether a redirect is followed.
    public var followsRedirects = true
    /// `tls_config`.
    public var tls = TLSOptions()

    /// Creates the direct way.
    public init() {}
}

/// What is expected of the other side's certificate, and which one is shown to it.
public struct TLSOptions: Sendable, Hashable {
    /// `ca_file`: whose signature counts; nil for the system's.
    public var authorityFile: String?
    /// `cert_file`.
    public var certificateFile: String?
    /// `key_file`.
    public var keyFile: String?
    /// `server_name`: the name that the certificate must have; nil for the host's.
    public var serverName: String?
    /// `insecure_skip_verify`.
    public var skipsVerification = false

    /// Creates the usual expectations.
    public init() {}
}

/// `http_config`: proxy, TLS and how to say who we are.
public struct HTTPOptions: Sendable, Hashable {
    /// `basic_auth.username`; nil for none.
    public var user: String?
    /// `basic_auth.password`.
    public var password: Secret?
    /// `authorization.type`.
    public var authorizationType = "Bearer"
    /// `authorization.credentials`; nil for none.
    public var credentials: Secret?
    /// Further header fields.
    public var headers: [String: Secret] = [:]
    /// Proxy and TLS.
    public var route = HTTPRoute()
    /// `timeout`.
    public var timeout = Duration.seconds(15)

    /// Creates the defaults.
    public init() {}

    func fields(_ writer: MessageWriter) throws(MessageError) -> [(name: String, value: String)] {
        var fields = [(name: "User-Agent", value: "Alertmanager/0.28.0 Weir")]
        if let user {
            let password = try password.map { secret throws(MessageError) in try writer.value(of: secret) } ?? ""
            fields.append(("Authorization", "Basic " + Base64Text.encode(Array("\(user):\(password)".utf8))))
        } else if let credentials {
            fields.append(("Authorization", "\(authorizationType) \(try writer.value(of: credentials))"))
        }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            fields.append((name, try writer.value(of: value)))
        }
        return fields
    }
}
