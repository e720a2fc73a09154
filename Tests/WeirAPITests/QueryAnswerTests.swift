import LogQL
import Testing
import WeirAPI
import WeirModel

@Suite struct QueryAnswerTests {
    private func entry(_ nanoseconds: Int64, _ line: String) -> ResultEntry {
        ResultEntry(timestamp: Timestamp(nanoseconds: nanoseconds), line: Array(line.utf8))
    }

    private var streams: QueryResult {
        .streams([
            ResultStream(
                labels: ["app": "web", "level": "info", "trace": "t1"], streamLabels: ["app": "web"],
                metadata: ["trace": "t1"], parsed: ["level": "info"], entries: [entry(3, "<c>"), entry(1, "a \"q\"")]),
            ResultStream(labels: ["app": "web"], streamLabels: ["app": "web"], entries: [entry(2, "b")]),
        ])
    }

    @Test func `streams carry all labels merged`() async {
        let body = await body(streams)
        #expect(
            body.hasPrefix(
                #"{"status":"success","data":{"resultType":"streams","result":["#
                    + #"{"stream":{"app":"web","level":"info","trace":"t1"},"values":[["3","\u003cc\u003e"],["1","a \"q\""]]},"#
                    + #"{"stream":{"app":"web"},"values":[["2","b"]]}],"stats":{"summary":{"#))
        #expect(body.hasSuffix("}}\n"))
    }

    @Test func `categorised labels come with each entry, and the stream once`() async {
        let body = await body(streams, headers: ["x-loki-response-encoding-flags": "categorize-labels, other"])
        #expect(
            body.hasPrefix(
                #"{"status":"success","data":{"resultType":"streams","encodingFlags":["categorize-labels","other"],"#
                    + #""result":[{"stream":{"app":"web"},"values":["#
                    + #"["3","\u003cc\u003e",{"structuredMetadata":{"trace":"t1"},"parsed":{"level":"info"}}],"#
                    + #"["2","b",{}],"#
                    + #"["1","a \"q\"",{"structuredMetadata":{"trace":"t1"},"parsed":{"level":"info"}}]]}],"#
                    + #""stats":{"#))
    }

    @Test func `flags are not echoed with numbers`() async {
        let body = await body(.vector([]), headers: ["x-loki-response-encoding-flags": "categorize-labels"])
        #expect(body.hasPrefix(#"{"status":"success","data":{"resultType":"vector","result":[],"stats":{"#))
    }

    @Test func `samples are seconds with up to three decimals and numbers as text`() async {
        let series = Series(
            labels: ["app": "web"],
            samples: [
                sample(1_773_133_200_000, 1), sample(1_773_133_200_500, 4.6e-10), sample(1_773_133_200_050, .nan),
            ])
        #expect(
            await result(.matrix([series, Series(labels: [:], samples: [])]))
                == #""matrix","result":[{"metric":{"app":"web"},"values":[[1773133200,"1"],[1773133200.5,"0.00000000046"],"#
                + #"[1773133200.05,"NaN"]]},{"metric":{},"values":[]}]"#)
        #expect(
            await result(.vector([InstantSample(labels: [:], sample: sample(4_000_000_000_000, 2))]))
                == #""vector","result":[{"metric":{},"value":[4000000000,"2"]}]"#)
        #expect(await result(.scalar(sample(-1500, .infinity))) == #""scalar","result":[-1.5,"+Inf"]"#)
        #expect(await result(.streams([])) == #""streams","result":[]"#)
    }

    @Test func `warnings come before the data`() async {
        let outcome = QueryOutcome(
            result: .vector([]), statistics: QueryStatistics(), warnings: ["maximum reached & cut"])
        let body = await Server().table(answer: { _ in outcome }).respond(to: .get("/loki/api/v1/query")).text
        #expect(body.hasPrefix(#"{"status":"success","warnings":["maximum reached \u0026 cut"],"data":{"#))
    }

    @Test func `statistics have every member that clients read`() async {
        var statistics = QueryStatistics()
        statistics.scan.linesRead = 11
        statistics.scan.lineBytesRead = 222
        statistics.linesMatched = 7
        statistics.entriesReturned = 5
        let outcome = QueryOutcome(result: .streams([]), statistics: statistics)
        let body = await Server().table(answer: { _ in outcome }).respond(to: .get("/loki/api/v1/query_range")).text
        for member in [
            #""totalBytesProcessed":222"#, #""totalLinesProcessed":11"#, #""totalEntriesReturned":5"#,
            #""totalPostFilterLines":7"#, #""execTime":0"#, #""querier":{"store":{"#, #""ingester":{"totalReached":0"#,
            #""instantMetricResult":{"#, #""index":{"totalChunks":0"#,
        ] {
            #expect(body.contains(member), "\(member)")
        }
    }

    @Test func `failures are plain text with Loki's statuses`() async {
        func check(_ error: QueryError, _ status: Int, _ text: String) async {
            let table = Server().table(answer: { _ throws(QueryError) in throw error })
            let response = await table.respond(to: .get("/loki/api/v1/query_range"))
            #expect(response.status == status)
            #expect(response.text == text)
        }
        await check(
            .syntax(SyntaxError(line: 1, column: 2, "syntax error: unexpected $end")), 400,
            "parse error at line 1, col 2: syntax error: unexpected $end")
        await check(.pipeline(message: "pipeline error: x"), 400, "pipeline error: x")
        await check(.limit(message: "too many"), 400, "too many")
        await check(.invalid(message: "no"), 400, "no")
        await check(.cancelled, 499, "the request was cancelled by the client")
        await check(.unavailable(message: "replaying"), 503, "replaying")
        await check(.failed(message: "broken"), 500, "broken")
        await check(
            .timedOut, 504,
            "request timed out, decrease the duration of the request or add more label matchers (prefer exact match over "
                + "regex match) to reduce the amount of data processed")
    }

    @Test func `the legacy query answers in its old shape`() async {
        let server = Server()
        let streams = streams
        let table = server.table(answer: { _ in QueryOutcome(result: streams, statistics: QueryStatistics()) })
        let response = await table.respond(
            to: .get("/api/prom/query", ["query": #"{app="web"}"#, "regexp": "a\\d", "limit": "2"]))
        #expect(server.queries.first?.text == #"{app="web"} |~ "a\\d""#)
        #expect(
            response.text.hasPrefix(
                #"{"streams":[{"labels":"{app=\"web\", level=\"info\", trace=\"t1\"}","entries":["#
                    + #"{"ts":"1970-01-01T00:00:00.000000003Z","line":"\u003cc\u003e"},"#))
        let metric = server.table(answer: { _ in QueryOutcome(result: .matrix([]), statistics: QueryStatistics()) })
        let refusal = await metric.respond(to: .get("/api/prom/query", ["query": "vector(1)"]))
        #expect(refusal.status == 400)
        #expect(refusal.text == "legacy endpoints only support streams result type, current type is matrix")
    }

    private func sample(_ milliseconds: Int64, _ value: Double) -> Sample {
        Sample(timestamp: Timestamp(nanoseconds: milliseconds * 1_000_000), value: value)
    }

    private func body(_ result: QueryResult, headers: [String: String] = [:]) async -> String {
        let table = Server().table(answer: { _ in QueryOutcome(result: result, statistics: QueryStatistics()) })
        var request = APIRequest.get("/loki/api/v1/query_range")
        request.headers = headers
        return await table.respond(to: request).text
    }

    /// What stands between the result type and the statistics.
    private func result(_ result: QueryResult) async -> String {
        let body = await body(result)
        let prefix = #"{"status":"success","data":{"resultType":"#
        guard body.hasPrefix(prefix), let end = body.firstRange(of: #","stats":"#) else { return body }
        return String(body[..<end.lowerBound].dropFirst(prefix.count))
    }
}
