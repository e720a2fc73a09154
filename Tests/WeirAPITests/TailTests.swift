import LogQL
import Testing
import WeirAPI
import WeirModel
import WeirTesting

@Suite struct TailTests {
    private static let second: Int64 = 1_000_000_000

    /// A hub with its door over lines in memory; times are seconds after the arrival of requests.
    private struct Scene {
        let hub = TailHub(tailsMax: 3)
        let door: TailDoor

        init(history: [(second: Int64, line: String)] = []) {
            var source = MemoryLogSource()
            let start = APIRequest.arrival.nanoseconds
            source.add(
                ["app": "a"],
                history.map { MemoryLogSource.Entry(start + $0.second * TailTests.second, $0.line) })
            let engine = QueryEngine(source: source, clocks: .init(monotonic: { 0 }, wall: { 0 }))
            door = TailDoor(
                services: APIServices(
                    sink: Server(), source: source, engine: engine, now: { APIRequest.arrival }, tails: hub))
        }

        func open(
            _ query: String = #"{app="a"}"#, _ parameters: KeyValuePairs<String, String> = [:], flags: String? = nil
        ) async throws -> TailSubscription {
            var request = APIRequest.get("/loki/api/v1/tail", parameters)
            request.parameters.append(("query", query))
            request.headers["x-loki-response-encoding-flags"] = flags
            let subscription = try door.open(try #require(door.read(request)))
            #expect(await door.sendHistory(to: subscription) == nil)
            return subscription
        }

        func push(_ second: Int64, _ lines: String..., labels: LabelSet = ["app": "a"], metadata: [Label] = []) {
            var batch = LineBatch()
            batch.streams = [labels]
            for line in lines {
                for pair in metadata { batch.addMetadata(name: pair.name.utf8, value: pair.value.utf8) }
                let timestamp = APIRequest.arrival.nanoseconds + second * TailTests.second
                batch.appendRow(stream: 0, timestamp: timestamp, copying: line.utf8)
            }
            let push = Push(tenant: .default, arrival: APIRequest.arrival, batch: batch)
            hub.publish(push)
            hub.deliver(push, now: APIRequest.arrival)
        }
    }

    private func frame(_ subscription: TailSubscription, after seconds: Int64 = 0) -> String? {
        subscription.nextFrame(now: APIRequest.arrival.advanced(byNanoseconds: seconds * Self.second)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func entry(_ labels: String, _ second: Int64, _ line: String, _ rest: String = "") -> String {
        let timestamp = APIRequest.arrival.nanoseconds + second * Self.second
        return #"{"stream":{\#(labels)},"values":[["\#(timestamp)","\#(line)"\#(rest)]]}"#
    }

    @Test func `the newest history comes first, oldest line first, then what is new`() async throws {
        let scene = Scene(history: [(-7200, "too old"), (-30, "a"), (-20, "b"), (-10, "c")])
        let tail = try await scene.open(#"{app="a"}"#, ["limit": "2"])
        let app = #""app":"a""#
        #expect(frame(tail) == #"{"streams":[\#(entry(app, -20, "b")),\#(entry(app, -10, "c"))]}"#)
        #expect(frame(tail) == nil)
        scene.push(0, "new")
        #expect(frame(tail) == #"{"streams":[\#(entry(app, 0, "new"))]}"#)
    }

    @Test func `a line that is in the history does not come again`() async throws {
        let scene = Scene(history: [(0, "x")])
        let tail = try await scene.open()
        scene.push(0, "x", "y")
        let app = #""app":"a""#
        #expect(frame(tail) == #"{"streams":[\#(entry(app, 0, "x")),\#(entry(app, 0, "y"))]}"#)
        #expect(frame(tail) == nil)
    }

    @Test func `stages drop and change lines, other streams stay away`() async throws {
        let scene = Scene()
        let tail = try await scene.open(#"{app="a"} | logfmt | n > 1"#)
        scene.push(0, "n=1 t=a", "n=2 t=b")
        scene.push(0, "n=3 t=c", labels: ["app": "b"])
        #expect(frame(tail) == #"{"streams":[\#(entry(#""app":"a","n":"2","t":"b""#, 0, "n=2 t=b"))]}"#)
        #expect(frame(tail) == nil)
    }

    @Test func `metadata is shown by stages and by categories only`() async throws {
        let scene = Scene()
        let plain = try await scene.open()
        let staged = try await scene.open(#"{app="a"} | trace="t""#)
        let categorized = try await scene.open(flags: "categorize-labels")
        scene.push(0, "x", metadata: [Label("trace", "t")])
        #expect(frame(plain) == #"{"streams":[\#(entry(#""app":"a""#, 0, "x"))]}"#)
        #expect(frame(staged) == #"{"streams":[\#(entry(#""app":"a","trace":"t""#, 0, "x"))]}"#)
        let third = #",{"structuredMetadata":{"trace":"t"}}"#
        #expect(
            frame(categorized)
                == #"{"streams":[\#(entry(#""app":"a""#, 0, "x", third))],"encodingFlags":["categorize-labels"]}"#)
    }

    @Test func `a delay puts late lines in order`() async throws {
        let scene = Scene()
        let tail = try await scene.open(#"{app="a"}"#, ["delay_for": "3"])
        scene.push(2, "later")
        scene.push(1, "sooner")
        #expect(frame(tail, after: 2) == nil)
        let app = #""app":"a""#
        #expect(frame(tail, after: 3) == #"{"streams":[\#(entry(app, 1, "sooner")),\#(entry(app, 2, "later"))]}"#)
    }

    @Test func `a slow reader loses entries and is told which`() async throws {
        let scene = Scene()
        let tail = try await scene.open()
        for number in 0..<1003 { scene.push(Int64(number), "l") }
        var sent = 0
        var told = 0
        while let text = frame(tail) {
            sent += text.split(separator: #""values""#).count - 1
            told += text.split(separator: #""timestamp""#).count - 1
        }
        #expect(sent == 1000)
        #expect(told == 3)
        scene.push(2000, "after")
        #expect(frame(tail) == #"{"streams":[\#(entry(#""app":"a""#, 2000, "after"))]}"#)
    }

    @Test func `there are as many tails as the limit says, and those that ended make room`() async throws {
        let scene = Scene()
        let first = try await scene.open()
        _ = try await scene.open()
        _ = try await scene.open(#"{app="b"}"#)
        await #expect(throws: TailLimitError.self) { _ = try await scene.open() }
        scene.door.close(first)
        _ = try await scene.open()
        for await _ in first.wakes {}
    }

    @Test func `what cannot be tailed is refused as plain HTTP`() async {
        let table = Server().table()
        func check(_ parameters: KeyValuePairs<String, String>, _ text: String) async {
            for path in ["/loki/api/v1/tail", "/api/prom/tail"] {
                let response = await table.respond(to: .get(path, parameters))
                #expect(response.status == 400)
                #expect(response.text == text)
            }
        }
        await check(["query": #"{a="b"}"#], "Bad Request")
        await check(["query": #"rate({a="b"}[1m])"#], "Bad Request")
        await check(
            ["query": "{app="], "parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING")
        await check(["query": #"{a="b"}"#, "delay_for": "6"], "delay_for can't be greater than 5")
        await check(["query": #"{a="b"}"#, "limit": "0"], "limit must be a positive value")
        await check(
            ["query": #"{a="b"}"#, "limit": "5001"],
            "max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)")
        #expect(Scene().door.read(.get("/loki/api/v1/tail", ["query": "{app="])) == nil)
        #expect(Scene().door.read(.get("/loki/api/v1/query", ["query": #"{a="b"}"#])) == nil)
    }
}
