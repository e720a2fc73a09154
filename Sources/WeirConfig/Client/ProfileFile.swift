/// Where commands find their servers: a file of named profiles, so that addresses and tokens need not be typed.
///
/// ```yaml
/// default: {addr: "http://127.0.0.1:3100"}
/// production: {addr: "https://logs.example.org", token_file: /home/me/.weir-token, org_id: team-a}
/// ```
public struct ProfileFile: Sendable {
    /// What is known of one server.
    public struct Profile: Sendable, Hashable {
        /// `addr`: scheme, host and port.
        public var address: String?
        /// `token`.
        public var token: String?
        /// `token_file`: a file that holds it.
        public var tokenPath: String?
        /// `org_id`: the tenant.
        public var tenant: String?
        /// `ca_file`: who signs the server's certificate.
        public var ca: String?
        /// `cert_file`: the client's own certificate.
        public var certificate: String?
        /// `key_file`: its key.
        public var key: String?

        /// Creates a profile that knows nothing.
        public init() {}
    }

    /// By name.
    public var profiles: [String: Profile] = [:]
    /// Remarks in the order of the file's keys.
    public var diagnostics: [Diagnostic] = []

    /// Reads a file's text.
    public static func read(_ text: String, file: String) -> ProfileFile {
        var result = ProfileFile()
        let remarks = YAMLReader.readFile(text, file: file, environment: nil) { map in
            for name in map.keys {
                map.section(name) { section in
                    var profile = Profile()
                    profile.address = section.value("addr")?.text
                    profile.token = section.value("token")?.text
                    profile.tokenPath = section.value("token_file")?.text
                    profile.tenant = section.value("org_id")?.text
                    profile.ca = section.value("ca_file")?.text
                    profile.certificate = section.value("cert_file")?.text
                    profile.key = section.value("key_file")?.text
                    result.profiles[name] = profile
                }
            }
        }
        result.diagnostics = remarks
        return result
    }
}
