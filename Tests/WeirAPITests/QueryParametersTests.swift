import LogQL
import Testing
import WeirAPI
import WeirModel

/// Statuses and texts are those that Loki 3.7.6 gave to the same requests.
@Suite struct QueryParametersTests {
    private let now = APIRequest.arrival.nanoseconds
    private let second: Int64 = 1_000_000_000

    @Test func `what is not given has Loki's defaults`() async throws {
        let query = try #require(await range(["query": #"{a="b"}"#]))
        #expect(query.text == #"{a="b"}"#)
        #expect(query.limit == 100)
        #expect(query.direction == .backward)
        #expect(query.intervalNanoseconds == 0)
        #expect(
            query.time
                == .range(
                    start: Timestamp(nanoseconds: now - 3600 * second), end: APIRequest.arrival,
                    stepNanoseconds: 14 * second))
    }

    @Test func `instants come as seconds, decimals, nanoseconds and RFC 3339`() async throws {
        func check(_ text: String, _ expected: Int64) async throws {
            let query = try #require(await range(["start": text, "end": "9223372036854775807", "step": "1y"]))
            guard case .range(let start, _, _) = query.time else { return }
            #expect(start.nanoseconds == expected, "\(text)")
        }
        try await check("1773133200", 1_773_133_200 * second)
        try await check("1773133259.500", 1_773_133_259_500_000_000)
        try await check("1773133259.9999", 1_773_133_260_000_000_000)
        try await check("1773133260000", 1_773_133_260_000)
        try await check("1773133200000000001", 1_773_133_200_000_000_001)
        try await check("-5", -5 * second)
        try await check("2026-03-10T09:01:00Z", 1_773_133_260 * second)
        try await check("2026-03-10T10:01:00.000000001+01:00", 1_773_133_260 * second + 1)
        try await check("2024-02-29T23:59:59.5-00:30", 1_709_252_999_500_000_000)
        try await check("1969-12-31T23:59:59Z", -second)
    }

    @Test func `since counts back from the end, or from now when the end is ahead`() async throws {
        func check(_ parameters: KeyValuePairs<String, String>, _ start: Int64, _ end: Int64) async throws {
            let query = try #require(await range(parameters))
            guard case .range(let first, let last, _) = query.time else { return }
            #expect((first.nanoseconds, last.nanoseconds) == (start, end))
        }
        try await check(["since": "10m", "end": "1699999000"], (1_699_999_000 - 600) * second, 1_699_999_000 * second)
        try await check(["since": "1d", "end": "1800000000"], now - 86_400 * second, 1_800_000_000 * second)
        try await check(["since": "1h", "start": "1"], second, now)
        try await check(["since": "1h30m5s20ms"], now - 5405 * second - 20_000_000, now)
    }

    @Test func `steps and intervals are seconds or durations`() async throws {
        func check(_ text: String, _ expected: Int64) async throws {
            let query = try #require(await range(["step": text, "interval": text, "start": "1699999900"]))
            guard case .range(_, _, let step) = query.time else { return }
            #expect(step == expected, "\(text)")
            #expect(query.intervalNanoseconds == expected)
        }
        try await check("15", 15 * second)
        try await check("0.5", second / 2)
        try await check("250ms", second / 4)
        try await check("15000ms", 15 * second)
        try await check("1m30s", 90 * second)
    }

    @Test func `the default step is a 250th of the range, at least a second`() async throws {
        func check(_ length: Int64, _ expected: Int64) async throws {
            let query = try #require(await range(["start": "\(now - length * second)"]))
            guard case .range(_, _, let step) = query.time else { return }
            #expect(step == expected * second)
        }
        try await check(20, 1)
        try await check(0, 1)
        try await check(7500, 30)
        try await check(7700, 30)
    }

    @Test func `bad values are refused in Loki's words`() async {
        func check(_ parameters: KeyValuePairs<String, String>, _ text: String) async {
            let server = Server()
            let response = await server.table().respond(to: .get("/loki/api/v1/query_range", parameters))
            #expect(response.status == 400)
            #expect(response.text == text)
            #expect(response.header("Content-Type") == "text/plain; charset=utf-8")
            #expect(response.header("X-Content-Type-Options") == "nosniff")
            #expect(server.queries.isEmpty)
        }
        await check(["limit": "0"], "limit must be a positive value")
        await check(["limit": "ten"], #"strconv.Atoi: parsing "ten": invalid syntax"#)
        await check(["limit": "1.5"], #"strconv.Atoi: parsing "1.5": invalid syntax"#)
        await check(
            ["limit": "99999999999999999999"], #"strconv.Atoi: parsing "99999999999999999999": value out of range"#)
        await check(
            ["start": "yesterday"],
            #"could not parse 'start' parameter: strconv.ParseInt: parsing "yesterday": invalid syntax"#)
        await check(
            ["end": "soon"], #"could not parse 'end' parameter: strconv.ParseInt: parsing "soon": invalid syntax"#)
        await check(
            ["start": "2026-13-45T00:00:00Z"],
            #"could not parse 'start' parameter: strconv.ParseInt: parsing "2026-13-45T00:00:00Z": invalid syntax"#)
        await check(
            ["start": "0x10"], #"could not parse 'start' parameter: strconv.ParseInt: parsing "0x10": invalid syntax"#)
        await check(
            ["start": "1e9"], #"could not parse 'start' parameter: strconv.ParseInt: parsing "1e9": invalid syntax"#)
        await check(["since": "a while"], #"could not parse 'since' parameter: not a valid duration string: "a while""#)
        await check(["since": "5s1m"], #"could not parse 'since' parameter: not a valid duration string: "5s1m""#)
        await check(["step": "fast"], #"cannot parse "fast" to a valid duration"#)
        await check(["step": "5x"], #"cannot parse "5x" to a valid duration"#)
        await check(["step": "1e300"], #"cannot parse "1e300" to a valid duration. It overflows int64"#)
        let step = "zero or negative query resolution step widths are not accepted. Try a positive integer"
        await check(["step": "0"], step)
        await check(["step": "-5"], step)
        await check(
            ["step": "0.1"],
            "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter"
        )
        await check(["interval": "now and then"], #"cannot parse "now and then" to a valid duration"#)
        await check(["interval": "-1"], "interval must be >= 0")
        await check(["direction": "up"], "invalid direction 'up'")
        await check(["start": "20", "end": "10"], "end timestamp must not be before or equal to start time")
    }

    @Test func `odd numbers are refused, never a trap`() async {
        for text in ["nan", "inf", "-inf", "1e400", "9223372036854775808", "-9223372036854775808", "1.7e308.5", "."] {
            for name in ["start", "end", "step", "interval", "limit", "since"] {
                _ = await Server().table().respond(to: .get("/loki/api/v1/query_range", [name: text]))
            }
            _ = await Server().table().respond(to: .get("/loki/api/v1/query", ["time": text]))
        }
    }

    @Test func `an instant query has its own time and errors`() async throws {
        let server = Server()
        let table = server.table()
        _ = await table.respond(to: .get("/loki/api/v1/query", ["query": "vector(1)", "time": "1773133800.250"]))
        _ = await table.respond(to: .get("/loki/api/v1/query", ["query": "vector(1)", "direction": "FORWARD"]))
        #expect(
            server.queries.map(\.time) == [
                .instant(Timestamp(nanoseconds: 1_773_133_800_250_000_000)), .instant(APIRequest.arrival),
            ])
        #expect(server.queries.last?.direction == .forward)
        let response = await table.respond(to: .get("/loki/api/v1/query", ["query": "vector(1)", "time": "noon"]))
        #expect(response.text == #"strconv.ParseInt: parsing "noon": invalid syntax"#)
    }

    @Test func `the first of doubled parameters counts`() async throws {
        let query = try #require(await range(["query": "first", "query": "second"]))
        #expect(query.text == "first")
    }

    private func range(_ parameters: KeyValuePairs<String, String>) async -> QueryRequest? {
        let server = Server()
        let response = await server.table().respond(to: .get("/loki/api/v1/query_range", parameters))
        #expect(response.status == 200, "\(response.text)")
        return server.queries.first
    }
}
