public import WeirModel

/// One server that lines are pushed to (an element of `clients:`).
public struct ClientConfiguration: Sendable, Hashable {
    /// The name in metrics and messages; empty takes the URL's host.
    public var name = ""
    /// The push endpoint, usually ending in `/loki/api/v1/push`. Never holds a password: see ``authorization``.
    public var url: String
    /// The oldest a batch may get before it is sent (`batchwait`).
    public var batchWait: Duration = .seconds(1)
    /// The bytes of lines at which a batch is sent at once (`batchsize`).
    public var batchBytes = 1 << 20
    /// Waits between attempts (`backoff_config`).
    public var backoff = BackoffConfiguration()
    /// How long one attempt may take (`timeout`).
    public var timeout: Duration = .seconds(10)
    /// The tenant sent as `X-Scope-OrgID`; empty sends none.
    public var tenant = ""
    /// Labels added to every stream; they win over labels of the same name.
    public var externalLabels = LabelSet.empty
    /// Further request headers. Values are not printed.
    public var headers: [String: Secret] = [:]
    /// How the agent proves who it is.
    public var authorization = Authorization.none

    /// Certificates; nil takes the machine's authorities and shows none (`tls_config`).
    public var tls: TLSConfiguration?
    /// The proxy through which the server is reached; empty goes straight there (`proxy_url`).
    public var proxyURL = ""
    /// How requests are compressed (`compression`).
    public var compression = Compression.snappy

    /// How requests are compressed.
    public enum Compression: String, Sendable, Hashable, CaseIterable {
        /// As Loki's clients do: cheap, and half the size of gzip's savings.
        case snappy
        /// A Snappy block that only wraps, and gzip around it: smaller, for three times the processor time.
        case gzip
    }

    /// Creates a client with Promtail's defaults.
    public init(url: String) {
        self.url = url
    }

    /// The credentials of a client; printing one never shows the secret.
    public enum Authorization: Sendable, Hashable {
        /// No `Authorization` header.
        case none
        /// `Basic`, from a name and a password.
        case basic(user: String, password: Secret)
        /// `Bearer`, from a token.
        case bearer(token: Secret)
        /// `Basic`, from a name and a file with a password (`password_file`).
        case basicFile(user: String, path: String)
        /// `Bearer`, from a file with a token (`bearer_token_file`, `credentials_file`).
        case bearerFile(path: String)
    }
}

/// Waits between attempts to push: they double from the least to the most, with jitter.
public struct BackoffConfiguration: Sendable, Hashable {
    /// The first wait (`min_period`).
    public var minimum: Duration = .milliseconds(500)
    /// The longest wait (`max_period`).
    public var maximum: Duration = .seconds(300)
    /// Promtail gives up and loses the batch after this many attempts (`max_retries`). Weir keeps trying while the
    /// files hold the lines, so this only decides when a delivery problem is reported as an error.
    public var attemptsBeforeError = 10

    /// Creates Promtail's defaults.
    public init() {}
}
