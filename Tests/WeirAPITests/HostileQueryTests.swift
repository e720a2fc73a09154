import Testing
import WeirAPI

/// Texts that are no queries but attacks: a 400 with a message, whatever they are.
@Suite struct HostileQueryTests {
    private let server = MemoryServer()

    private static let texts: [(String, String)] = {
        let million = 1_000_000
        return [
            (String(repeating: "(", count: million), "input size too long (1000000 "),
            ("{" + (0..<100_000).map { "a\($0)=\"b\"" }.joined(separator: ",") + "}", "input size too long"),
            ("{a=\"b\"}" + String(repeating: " |= \"x\"", count: million / 7), "input size too long"),
            (String(repeating: "(", count: 100_000), "nested deeper than 250 levels"),
            (String(repeating: "sum(", count: 30_000), "nested deeper than 250 levels"),
            (String(repeating: "max_over_time(", count: 9000), "nested deeper than 250 levels"),
            (String(repeating: "abs(", count: 30_000), "nested deeper than 250 levels"),
            ("1" + String(repeating: "+vector(1)", count: 10_000), "more than 1000 operators in a row"),
            ("{a=\"b\"} | " + String(repeating: "(", count: 100_000), "nested deeper than 250 levels"),
            ("{a=\"b\"} | x=1" + String(repeating: " or x=1", count: 10_000), "operators in a row"),
            ("rate(" + String(repeating: "(", count: 100_000), "nested deeper than 250 levels"),
        ]
    }()

    @Test(arguments: 0..<HostileQueryTests.texts.count) func `an attack is a bad request`(index: Int) async {
        // Loki's dialect refuses some of them at their first word, hence the messages are checked below.
        let text = HostileQueryTests.texts[index].0
        for path in ["query_range", "query", "format_query", "tail", "index/volume"] {
            let response = await server.get(path, ["query": text])
            #expect(response.status == 400, "\(path)")
            #expect(response.text.count < 1000, "\(path): \(response.text.prefix(1000))")
        }
        let series = await server.get("series", ["match[]": text])
        #expect(series.status == 400)
    }

    @Test(arguments: 0..<HostileQueryTests.texts.count)
    func `the endpoints that take extensions hold as well`(index: Int) async {
        let (text, message) = HostileQueryTests.texts[index]
        for path in ["query_range", "query", "format_query", "explain"] {
            let response = await server.get("/weir/api/v1/\(path)", ["query": text])
            #expect(response.status == 400, "\(path)")
            #expect(response.text.contains(message), "\(path): \(response.text.prefix(200))")
        }
    }

    @Test func `many stages and matchers within the limit are answered`() async {
        let matchers = (0..<8000).map { "a\($0)=~\".*\"" }.joined(separator: ",")
        #expect(await server.get("query_range", ["query": "{x=\"y\",\(matchers)}"]).status == 200)
        let filters = String(repeating: "|=\"x\"", count: 20_000)
        #expect(await server.get("query_range", ["query": "{x=\"y\"}\(filters)"]).status == 200)
    }
}
