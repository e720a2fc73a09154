import LogQL
import Testing
import WeirAPI
import WeirModel
import WeirTesting

@Suite struct ExportTests {
    /// Lines of two streams, several of them at one instant, and pages of `pageMax` entries.
    private func export(
        _ format: String, pageMax: Int, _ entries: [(second: Int64, line: String)]
    ) async throws -> (response: APIResponse, text: String) {
        var source = MemoryLogSource()
        for app in ["a", "b"] {
            source.add(["app": app], entries.map { MemoryLogSource.Entry($0.second * 1_000_000_000, app + $0.line) })
        }
        var limits = QueryLimits()
        limits.entriesMax = pageMax
        let engine = QueryEngine(source: source, limits: limits, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        let table = EndpointTable(
            services: APIServices(
                sink: Server(), source: source, engine: engine, queryLimits: limits, now: { APIRequest.arrival }))
        let response = await table.respond(
            to: .get(
                "/weir/api/v1/export",
                ["query": #"{app=~"a|b"}"#, "start": "0", "end": "7200", "format": format]))
        var bytes = response.body
        try await response.stream?({ bytes += $0 })
        return (response, String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: [4, 5, 7, 1000])
    func `every entry comes once and in order, whatever the size of pages`(pageMax: Int) async throws {
        let entries = (0..<20).map { (second: Int64($0), line: "\($0)") }
        let (response, text) = try await export("raw", pageMax: pageMax, entries)
        #expect(response.status == 200)
        #expect(text.split(separator: "\n").map(String.init) == (0..<20).flatMap { ["a\($0)", "b\($0)"] })
    }

    @Test func `entries are objects or rows of a table`() async throws {
        let entries: [(second: Int64, line: String)] = [(1, #"x "y""#)]
        let objects = try await export("ndjson", pageMax: 100, entries).text
        #expect(
            objects.split(separator: "\n").first
                == #"{"timestamp":"1000000000","labels":{"app":"a"},"line":"ax \"y\""}"#)
        let rows = try await export("csv", pageMax: 100, entries).text.split(separator: "\n")
        #expect(rows.prefix(2) == ["timestamp,labels,line", #"1970-01-01T00:00:01Z,"{app=""a""}","ax ""y""""#])
    }

    @Test func `a crowded instant and a bad form are told`() async throws {
        let crowd: [(second: Int64, line: String)] = [(1, "x"), (1, "y"), (1, "z")]
        #expect(try await export("raw", pageMax: 2, crowd).response.status == 400)
        #expect(try await export("xml", pageMax: 2, []).response.status == 400)
    }
}
