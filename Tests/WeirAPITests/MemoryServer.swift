import LogQL
import WeirAPI
import WeirModel
import WeirTesting

/// Endpoints over lines in memory and the real engine; times are seconds.
struct MemoryServer {
    private var source = MemoryLogSource()

    mutating func push(_ labels: LabelSet, metadata: [Label] = [], _ lines: [(second: Int64, line: String)]) {
        source.add(
            labels,
            lines.map { MemoryLogSource.Entry($0.second * 1_000_000_000, $0.line, metadata: metadata) })
    }

    /// The answer to a GET whose parameters cover the seconds 0 to 7200, unless they say otherwise.
    func get(_ path: String, _ parameters: KeyValuePairs<String, String> = [:]) async -> APIResponse {
        var request = APIRequest.get(path.hasPrefix("/") ? path : "/loki/api/v1/" + path, parameters)
        if request.parameter("start") == nil { request.parameters += [("start", "0"), ("end", "7200")] }
        return await table.respond(to: request)
    }

    /// The text of a successful answer up to its statistics.
    func text(_ path: String, _ parameters: KeyValuePairs<String, String> = [:]) async -> String {
        let text = await get(path, parameters).text
        return text.split(separator: #","stats""#).first.map(String.init) ?? text
    }

    private var table: EndpointTable {
        let engine = QueryEngine(source: source, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        return EndpointTable(
            services: APIServices(sink: Server(), source: source, engine: engine, now: { APIRequest.arrival }))
    }
}
