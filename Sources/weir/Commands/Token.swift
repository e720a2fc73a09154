internal import ArgumentParser
internal import WeirAPI
internal import WeirSystem

/// `weir token`: makes a token and shows what to write into the server's file.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a token for clients of a server, and the lines that make the server know it.",
        discussion: """
            The token goes to standard output, once: the server keeps only its hash. The lines for security.tokens in the \
            server's file go to standard error.

            weir token promtail --scope push
            weir token grafana --scope read --tenant team-a >grafana.token
            """)

    @Argument(help: "Who it is for; also the user name of basic authentication.")
    var name: String

    @Option(
        name: .customLong("scope"), parsing: .singleValue,
        help: "What it may do: \(AccessScope.allCases.map(\.rawValue).joined(separator: ", ")); may be repeated.")
    var scopes = [AccessScope.read.rawValue]

    @Option(
        name: .customLong("tenant"), parsing: .singleValue, help: "Whose data it may touch; may be repeated; else all.")
    var tenants: [String] = []

    func validate() throws {
        guard !name.isEmpty, !name.contains(":"), !name.contains(where: \.isWhitespace) else {
            throw ValidationError("a name has no colon and no spaces")
        }
        for scope in scopes where AccessScope(rawValue: scope) == nil { throw ValidationError("\(scope) is no scope") }
    }

    func run() throws {
        let random = SystemRandomSource()
        let token = AccessToken.make { random.next() }
        try StandardStream.output.writeLine(token)
        let scopes = scopes.joined(separator: ", ")
        let tenants = tenants.isEmpty ? "" : ", tenants: [\(tenants.joined(separator: ", "))]"
        try StandardStream.error.writeLine(
            """
            # below security, tokens:
              - {name: \(name), scopes: [\(scopes)]\(tenants), sha256: \(AccessToken.hash(of: token))}
            """)
    }
}
