internal import ArgumentParser
internal import FoundationEssentials
internal import WeirConfig
internal import WeirSystem

/// Where the server is and how to be let in, for commands that ask one. Options win over the environment, and that over
/// the profile.
struct ServerAddress: ParsableArguments {
    @Option(
        name: .customLong("addr"),
        help: "The server's address; else $WEIR_ADDR, $LOKI_ADDR, the profile's, or http://127.0.0.1:3100.")
    var address: String?

    @Option(help: "The token; else $WEIR_TOKEN or $LOKI_BEARER_TOKEN, or of $LOKI_USERNAME and $LOKI_PASSWORD.")
    var token: String?

    @Option(name: .customLong("org-id"), help: "The tenant; else $WEIR_ORG_ID or $LOKI_ORG_ID.")
    var tenant: String?

    @Option(help: "The profile; else $WEIR_PROFILE or `default`, in $WEIR_PROFILES or ~/.config/weir/profiles.yaml.")
    var profile: String?

    /// The base of every URL, with scheme and without a slash at the end.
    var base: String {
        let profile = try? foundProfile
        let candidates = [address, Self.variable("WEIR_ADDR", "LOKI_ADDR"), profile?.address]
        return Self.base(of: candidates.compactMap { $0 }.first { !$0.isEmpty } ?? "http://127.0.0.1:3100")
    }

    /// A client of the server.
    var client: WeirClient {
        get throws {
            let profile = try foundProfile
            var client = WeirClient(address: base)
            if let name = tenant ?? Self.variable("WEIR_ORG_ID", "LOKI_ORG_ID") ?? profile.tenant {
                client.headers.append(("X-Scope-OrgID", name))
            }
            if let authorization = try authorization(profile) {
                client.headers.append(("Authorization", authorization))
            }
            client.tls = ClientTLS(
                ca: Self.variable("WEIR_CA_FILE", "LOKI_CA_CERT_PATH") ?? profile.ca,
                certificate: Self.variable("WEIR_CERT_FILE", "LOKI_CLIENT_CERT_PATH") ?? profile.certificate,
                key: Self.variable("WEIR_KEY_FILE", "LOKI_CLIENT_KEY_PATH") ?? profile.key)
            return client
        }
    }

    private func authorization(_ profile: ProfileFile.Profile) throws -> String? {
        if let token = token ?? Self.variable("WEIR_TOKEN", "LOKI_BEARER_TOKEN") { return "Bearer \(token)" }
        if let name = Self.variable("LOKI_USERNAME"), let password = Self.variable("LOKI_PASSWORD") {
            return "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
        }
        if let token = profile.token { return "Bearer \(token)" }
        guard let path = profile.tokenPath ?? Self.variable("LOKI_BEARER_TOKEN_FILE") else { return nil }
        let text = String(decoding: try PosixFileSystem().contents(of: path), as: UTF8.self)
        return "Bearer " + text.filter { !$0.isWhitespace }
    }

    private var foundProfile: ProfileFile.Profile {
        get throws {
            let name = profile ?? Self.variable("WEIR_PROFILE")
            let home = Self.variable("HOME").map { $0 + "/.config/weir/profiles.yaml" }
            guard let path = Self.variable("WEIR_PROFILES") ?? home,
                let bytes = try? PosixFileSystem().contents(of: path)
            else {
                if let name { throw StartFailure("profile \(name): there is no file of profiles") }
                return ProfileFile.Profile()
            }
            let file = ProfileFile.read(String(decoding: bytes, as: UTF8.self), file: path)
            if let fault = file.diagnostics.first(where: { $0.severity == .error }) { throw StartFailure("\(fault)") }
            guard let found = file.profiles[name ?? "default"] else {
                guard let name else { return ProfileFile.Profile() }
                let known = file.profiles.keys.sorted().joined(separator: ", ")
                throw StartFailure("profile \(name) is not in \(path), which has \(known)")
            }
            return found
        }
    }

    private static func variable(_ names: String...) -> String? {
        let environment = ProcessInfo.processInfo.environment
        return names.compactMap { environment[$0] }.first { !$0.isEmpty }
    }

    /// The same of an address as people write it.
    static func base(of address: String) -> String {
        var base = address
        if !base.hasPrefix("http://"), !base.hasPrefix("https://") { base = "http://" + base }
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }
}
