internal import ArgumentParser
internal import WeirAPI
internal import WeirAlerts
internal import WeirBytes
internal import WeirModel
internal import WeirSystem

/// `weir alerts silence`: silences of a server.
struct AlertsSilence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Adds, lists and ends silences.",
        subcommands: [Add.self, List.self, Expire.self], defaultSubcommand: List.self)

    /// `weir alerts silence add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Adds a silence and prints its id.")

        @Argument(help: "Matchers that silenced alerts fulfil: alertname=Down host=~web.*")
        var matchers: [String]

        @Option(name: .shortAndLong, help: "How long: 2h, 3d.")
        var duration = "1h"

        @Option(name: .shortAndLong, help: "Why.")
        var comment = ""

        @Option(help: "Who.")
        var author = "weir"

        @OptionGroup var server: ServerAddress

        func run() async throws {
            guard let length = ParameterText.duration(duration), length > 0 else {
                throw ValidationError("\(duration) is no duration such as 2h or 3d")
            }
            var parsed: [Matcher] = []
            for text in matchers {
                do { parsed += try MatcherText.parse(text) } catch { throw ValidationError("\(error)") }
            }
            let now = Timestamp(nanoseconds: SystemClock().now())
            let id = try await AlertClient(address: server.base).addSilence(
                body(parsed, from: now, to: now.advanced(byNanoseconds: length)))
            try StandardStream.output.writeLine(id)
        }

        private func body(_ matchers: [Matcher], from start: Timestamp, to end: Timestamp) -> [UInt8] {
            var json = JSONWriter()
            json.raw(#"{"matchers":["#)
            for (index, matcher) in matchers.enumerated() {
                json.raw(index == 0 ? #"{"name":"# : #",{"name":"#)
                json.string(matcher.name)
                json.raw(#","value":"#)
                json.string(matcher.value)
                let isPattern = matcher.comparison == .matches || matcher.comparison == .doesNotMatch
                let isEqual = matcher.comparison == .equal || matcher.comparison == .matches
                json.raw(isPattern ? #","isRegex":true"# : #","isRegex":false"#)
                json.raw(isEqual ? #","isEqual":true}"# : #","isEqual":false}"#)
            }
            json.raw(#"],"startsAt":"#)
            json.string(AlertTimeText.nanoseconds(start))
            json.raw(#","endsAt":"#)
            json.string(AlertTimeText.nanoseconds(end))
            json.raw(#","createdBy":"#)
            json.string(author)
            json.raw(#","comment":"#)
            json.string(comment)
            json.raw("}")
            return json.bytes
        }
    }

    /// `weir alerts silence list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists silences.")

        @Flag(help: "Those that are over too.")
        var expired = false

        @OptionGroup var server: ServerAddress

        func run() async throws {
            for silence in try await AlertClient(address: server.base).silences([])
            where expired || silence.status.state != "expired" {
                let matchers = silence.matchers.map { matcher in
                    let sign =
                        (matcher.isEqual ?? true) ? (matcher.isRegex ? "=~" : "=") : (matcher.isRegex ? "!~" : "!=")
                    return matcher.name + sign + QuotedText.quote(matcher.value)
                }
                try StandardStream.output.writeLine(
                    "\(silence.id)  \(silence.status.state)  until \(silence.endsAt)  {\(matchers.joined(separator: ", "))}"
                        + "  \(silence.createdBy): \(silence.comment)")
            }
        }
    }

    /// `weir alerts silence expire`.
    struct Expire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "expire", abstract: "Ends silences.")

        @Argument(help: "Their ids.")
        var ids: [String]

        @OptionGroup var server: ServerAddress

        func run() async throws {
            for id in ids { try await AlertClient(address: server.base).expireSilence(id) }
        }
    }
}
