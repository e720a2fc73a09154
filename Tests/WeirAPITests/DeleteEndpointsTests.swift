import LogQL
import Synchronization
import Testing
import WeirAPI
import WeirModel

/// `/loki/api/v1/delete` with Loki's statuses and texts.
@Suite struct DeleteEndpointsTests {
    /// Remembers what was asked for.
    final class Store: Sendable {
        let targets = Mutex<[DeleteControl.Target]>([])
        let cancelled = Mutex<[Int64]>([])

        var control: DeleteControl {
            DeleteControl(
                request: { target in
                    self.targets.withLock {
                        $0.append(target)
                        return Int64($0.count)
                    }
                },
                count: { _ in (lines: 12, bytes: 345) },
                list: { _ in
                    let range = TimeRange(
                        start: Timestamp(nanoseconds: 1_600_000_000_000_000_000),
                        end: Timestamp(nanoseconds: 1_600_000_010_500_000_001))
                    return [
                        DeleteStatus(
                            id: 42, query: #"{a="b"} |= "c""#, range: range, created: Timestamp(nanoseconds: 1_000_000),
                            isProcessed: false),
                        DeleteStatus(
                            id: 43, query: "{a=\"b\"}", range: range, created: Timestamp(nanoseconds: 2_000_000_000),
                            isProcessed: true),
                    ]
                },
                cancel: { id, _ in
                    self.cancelled.withLock { $0.append(id) }
                    return id == 42 ? .done : id == 43 ? .tooLate : .unknown
                })
        }
    }

    let store = Store()

    private func ask(
        _ method: String, _ parameters: [(name: String, value: String)], path: String = "/loki/api/v1/delete",
        isAllowed: Bool = true
    ) async -> APIResponse {
        var services = APIServices(
            sink: Server(), source: Server(), runQuery: { _ throws(QueryError) in .empty }, now: { APIRequest.arrival })
        services.deletes = isAllowed ? store.control : nil
        return await EndpointTable(services: services).respond(
            to: APIRequest(method: method, path: path, parameters: parameters, arrival: APIRequest.arrival))
    }

    @Test(arguments: ["POST", "PUT"]) func `a request is taken and numbered`(method: String) async throws {
        let answer = await ask(
            method,
            [
                ("query", #"{app="web"} |= "secret""#), ("start", "1600000000"), ("end", "2020-09-13T12:27:40Z"),
                ("max_interval", "30s"),
            ])
        #expect(answer.status == 204)
        #expect(answer.header("X-Delete-Request-ID") == "00000001")
        let target = try #require(store.targets.withLock { $0.first })
        #expect(target.range.start.nanoseconds == 1_600_000_000_000_000_000)
        #expect(target.range.end.nanoseconds == 1_600_000_060_000_000_001)
        #expect(target.matchers == [try Matcher("app", .equal, "web")])
    }

    private static let query: (name: String, value: String) = ("query", "{a=\"b\"}")
    private static let filtered: (name: String, value: String) = ("query", "{a=\"b\"} |= \"c\"")
    private static let start: (name: String, value: String) = ("start", "1600000000")

    /// Parameters and the text that refuses them.
    static let refusals: [(parameters: [(name: String, value: String)], message: String)] = {
        var cases: [(parameters: [(name: String, value: String)], message: String)] = []
        func add(_ parameters: [(name: String, value: String)], _ message: String) {
            cases.append((parameters, message))
        }
        add([], "query not set")
        add([query], "start time not set")
        add([query, ("start", "1600000000000")], "invalid start time: require unix seconds or RFC3339 format")
        add([query, start, ("end", "yesterday")], "invalid end time: require unix seconds or RFC3339 format")
        add([query, start, ("end", "9999999999")], "deletes in the future are not allowed")
        add([query, start, ("end", "1600000000")], "start time can't be greater than or equal to end time")
        add([filtered, start, ("max_interval", "1ms")], "invalid max_interval: valid time units are 's', 'm', 'h'")
        add(
            [filtered, start, ("end", "1600000090"), ("max_interval", "1h")],
            "max_interval can't be greater than the interval to be deleted (1m30s)")
        return cases
    }()

    @Test(arguments: refusals) func `what cannot be meant is refused in Loki's words`(
        parameters: [(name: String, value: String)], message: String
    ) async {
        let answer = await ask("POST", parameters)
        #expect(answer.status == 400)
        #expect(answer.text == message + "\n")
        #expect(store.targets.withLock { $0.isEmpty })
    }

    @Test(arguments: ["{a=", "count_over_time({a=\"b\"}[1m])", "{a=\"b\"} | json", "{a=~\".*\"}"])
    func `only selectors with line filters are taken`(query: String) async {
        let answer = await ask("POST", [("query", query), ("start", "1600000000")])
        #expect(answer.status == 400)
        #expect(answer.text.hasPrefix("invalid query expression: "), "\(answer.text)")
    }

    @Test func `requests are listed, and cancelled while their lines are there`() async {
        let list = await ask("GET", [])
        #expect(
            list.text == #"[{"request_id":"0000002a","start_time":1600000000,"end_time":1600000010.5,"#
                + #""query":"{a=\"b\"} |= \"c\"","status":"received","created_at":0.001,"user_id":""},"#
                + #"{"request_id":"0000002b","start_time":1600000000,"end_time":1600000010.5,"query":"{a=\"b\"}","#
                + #""status":"processed","created_at":2,"user_id":""}]"# + "\n")
        #expect(await ask("DELETE", [("request_id", "0000002a"), ("force", "true")]).status == 204)
        let late = await ask("DELETE", [("request_id", "2b")])
        #expect(late.status == 400)
        #expect(late.text == "deletion of request which is in process or already processed is not allowed\n")
        for id in ["", "0000002c", "what"] {
            let unknown = await ask("DELETE", [("request_id", id)])
            #expect(unknown.status == 404)
            #expect(unknown.text == "could not find delete request with given id\n")
        }
        #expect(store.cancelled.withLock { $0 } == [42, 43, 44])
    }

    @Test func `a dry run counts and hides nothing`() async {
        let parameters = [("query", "{a=\"b\"}"), ("start", "1600000000")]
        let path = "/weir/api/v1/delete"
        let dry = await ask("POST", parameters + [("dry_run", "true")], path: path)
        #expect(dry.text == "{\"lines\":12,\"bytes\":345}\n")
        #expect(store.targets.withLock { $0.isEmpty })
        #expect(await ask("POST", parameters, path: path).text == "{\"request_id\":\"00000001\"}\n")
    }

    @Test func `without permission everything is refused`() async {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let answer = await ask(method, [("query", "{a=\"b\"}"), ("start", "1600000000")], isAllowed: false)
            #expect(answer.status == 403)
            #expect(answer.text == "deletion is not available for this tenant\n")
        }
    }
}
