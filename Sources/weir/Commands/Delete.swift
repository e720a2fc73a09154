internal import ArgumentParser
internal import FoundationEssentials
internal import NIOHTTP1
internal import WeirAPI
internal import WeirSystem

/// `weir delete QUERY`: has a server delete lines; lists and cancels such requests.
struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deletes lines, shows how many that would be, lists and cancels requests to delete.",
        discussion: """
            weir delete '{app="shop"} |= "card=4111"' --from 2026-11-01T00:00:00Z --dry-run
            weir delete '{app="shop"} |= "card=4111"' --from 2026-11-01T00:00:00Z
            weir delete --list
            weir delete --cancel 0000002a

            Lines are in no answer from then on, and leave the disk when their segments are rewritten; until then the \
            request can be cancelled. Lines that come later stay.
            """)

    @Argument(help: "A selector with line filters.")
    var query: String?

    @Option(help: "The first instant: RFC 3339.")
    var from: String?

    @Option(help: "The last instant: RFC 3339; now when left out.")
    var to: String?

    @Flag(name: .customLong("dry-run"), help: "Counts the lines and deletes none.")
    var isDry = false

    @Flag(help: "Lists the requests.")
    var list = false

    @Option(help: "Cancels the request with this number.")
    var cancel: String?

    @OptionGroup var server: ServerAddress

    private static let path = "/weir/api/v1/delete"

    func validate() throws {
        let actions = [query != nil, list, cancel != nil].count { $0 }
        guard actions == 1 else { throw ValidationError("name a query, --list or --cancel") }
        guard query == nil || from != nil else {
            throw ValidationError("--from is missing: say from when on lines shall be deleted")
        }
    }

    func run() async throws {
        let client = WeirClient(address: server.base)
        if let cancel {
            _ = try await client.send(.DELETE, Self.path, [("request_id", cancel)])
            try StandardStream.error.writeLine("request \(cancel) is cancelled")
        } else if let query {
            try await delete(query, client)
        } else {
            try await printList(client)
        }
    }

    private func delete(_ query: String, _ client: WeirClient) async throws {
        var parameters = [(name: "query", value: query), (name: "start", value: from ?? "")]
        if let to { parameters.append(("end", to)) }
        let counted: Count = try Self.decode(
            await client.send(.POST, Self.path, parameters + [("dry_run", "true")], about: query), client)
        let size = "\(counted.lines) lines, \(counted.bytes) bytes"
        if isDry {
            try StandardStream.output.writeLine(size)
            return
        }
        let made: Made = try Self.decode(await client.send(.POST, Self.path, parameters, about: query), client)
        try StandardStream.output.writeLine("request \(made.request_id): \(size)")
    }

    private func printList(_ client: WeirClient) async throws {
        let requests: [Listed] = try Self.decode(await client.send(.GET, Self.path, []), client)
        for request in requests {
            let (start, end) = (Self.time(request.start_time), Self.time(request.end_time))
            try StandardStream.output.writeLine(
                "\(request.request_id) \(request.status) \(start) to \(end) \(request.query)")
        }
    }

    private static func time(_ seconds: Double) -> String {
        CivilTime(nanoseconds: Int64(seconds * 1000) * 1_000_000).milliseconds
    }

    private static func decode<Answer: Decodable>(_ text: String, _ client: WeirClient) throws -> Answer {
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
        } catch {
            throw ClientError.unexpected(address: client.address, reason: "\(error)")
        }
    }

    private struct Count: Decodable {
        let lines: Int
        let bytes: Int
    }

    // The names are those of the answers.
    private struct Made: Decodable {
        let request_id: String
    }

    private struct Listed: Decodable {
        let request_id: String
        let start_time: Double
        let end_time: Double
        let query: String
        let status: String
    }
}
