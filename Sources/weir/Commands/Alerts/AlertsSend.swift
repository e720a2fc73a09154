internal import ArgumentParser
internal import WeirBytes
internal import WeirSystem

/// `weir alerts send`: an alert for the whole pipeline, or a test past it.
struct AlertsSend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Sends an alert, or with --test a marked message to one receiver.",
        discussion: "With --test nothing is grouped, silenced or remembered, and the answer of the service is printed.")

    @Argument(help: "Labels: alertname=Test severity=warning")
    var labels: [String] = []

    @Flag(help: "Send a message to --receiver now.")
    var test = false

    @Option(help: "Whom to test.")
    var receiver: String?

    @Option(help: "Texts for people: summary=…")
    var annotation: [String] = []

    @OptionGroup var server: ServerAddress

    func validate() throws {
        if test, receiver == nil { throw ValidationError("--test needs --receiver") }
        if !test, labels.isEmpty { throw ValidationError("an alert needs labels, such as alertname=Test") }
    }

    func run() async throws {
        let client = AlertClient(address: server.base)
        guard test, let receiver else { return try await client.post(try body()) }
        let results = try await client.test(receiver: receiver, labels: labels)
        if results.isEmpty { try StandardStream.output.writeLine("\(receiver) has no integration: it tells nobody") }
        for result in results {
            let word = result.delivered ? "delivered" : "failed"
            try StandardStream.output.writeLine("\(receiver)/\(result.integration)  \(word)  \(result.detail)")
        }
        if results.contains(where: { !$0.delivered }) { throw ExitCode.failure }
    }

    private func body() throws -> [UInt8] {
        var json = JSONWriter()
        json.raw(#"[{"labels":"#)
        try pairs(labels, to: &json)
        json.raw(#","annotations":"#)
        try pairs(annotation, to: &json)
        json.raw("}]")
        return json.bytes
    }

    private func pairs(_ texts: [String], to json: inout JSONWriter) throws {
        json.raw("{")
        for (index, text) in texts.enumerated() {
            guard let mark = text.firstIndex(of: "=") else { throw ValidationError("\(text) is no name=value") }
            if index > 0 { json.raw(",") }
            json.string(String(text[..<mark]))
            json.raw(":")
            json.string(String(text[text.index(after: mark)...]))
        }
        json.raw("}")
    }
}
