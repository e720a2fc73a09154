internal import ArgumentParser
internal import FoundationEssentials

/// Where the server is, for commands that ask one.
struct ServerAddress: ParsableArguments {
    @Option(
        name: .customLong("addr"),
        help: "The server's address; else $WEIR_ADDR, $LOKI_ADDR or http://127.0.0.1:3100.")
    var address: String?

    /// The base of every URL, with scheme and without a slash at the end.
    var base: String {
        let environment = ProcessInfo.processInfo.environment
        let candidates = [address, environment["WEIR_ADDR"], environment["LOKI_ADDR"]]
        return Self.base(of: candidates.compactMap { $0 }.first { !$0.isEmpty } ?? "http://127.0.0.1:3100")
    }

    /// The same of an address as people write it.
    static func base(of address: String) -> String {
        var base = address
        if !base.hasPrefix("http://"), !base.hasPrefix("https://") { base = "http://" + base }
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }
}
