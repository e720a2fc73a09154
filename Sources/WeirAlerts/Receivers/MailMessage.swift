/// An SMTP server and how to talk to it.
public struct MailServer: Sendable, Hashable {
    /// Its name or address.
    public var host: String
    /// Its port.
    public var port: Int
    /// The name that we give.
    public var hello = "localhost"
    /// Whether the connection must be encrypted.
    public var requiresTLS = true
    /// Whether it is from the first byte on; always at port 465.
    public var usesImplicitTLS = false
    /// Who we are; nil for nobody.
    public var user: String?
    /// For whom we act, if for somebody else.
    public var identity = ""
    /// The password of PLAIN and LOGIN.
    public var password: Secret?
    /// The secret of CRAM-MD5.
    public var sharedSecret: Secret?
    /// What is expected of its certificate.
    public var tls = TLSOptions()
    /// How long everything may take.
    public var timeout = Duration.seconds(30)

    /// Creates a server.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Who we are to a mail server, with secrets as they are now.
public struct MailCredentials: Sendable {
    var user: String
    var identity: String
    var password: String
    var sharedSecret: String

    /// Creates credentials.
    public init(user: String, identity: String = "", password: String, sharedSecret: String = "") {
        self.user = user
        self.identity = identity
        self.password = password
        self.sharedSecret = sharedSecret
    }
}

/// An e-mail ready to be sent.
public struct MailMessage: Sendable {
    /// The server.
    public var server: MailServer
    /// Who we are to it.
    public var credentials: MailCredentials?
    /// The envelope's sender.
    public var sender: String
    /// The envelope's recipients.
    public var recipients: [String]
    /// Header and body, lines ended by CR LF.
    public var content: [UInt8]

    /// Creates a message.
    public init(
        server: MailServer, credentials: MailCredentials?, sender: String, recipients: [String], content: [UInt8]
    ) {
        self.server = server
        self.credentials = credentials
        self.sender = sender
        self.recipients = recipients
        self.content = content
    }
}
