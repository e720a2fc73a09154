import LogQL
import Synchronization
import Testing
import WeirAPI
import WeirModel

@Suite struct QueryDeskTests {
    /// Counts what was computed, and lets nothing end before it is told.
    private final class Kitchen: Sendable {
        let log = Mutex<[QueryRequest]>([])
        let (openings, opener) = AsyncStream.makeStream(of: Void.self)

        var requests: [QueryRequest] { log.withLock { $0 } }
    }

    private static let minute: Int64 = 60_000_000_000

    private func desk(running: Int = 1, waiting: Int = 10, caches: Bool = false, now: Int64 = 100) -> QueryDesk {
        var configuration = QueryDesk.Configuration()
        configuration.runningMax = running
        configuration.waitingMax = waiting
        configuration.cachesResults = caches
        return QueryDesk(configuration: configuration, limits: LimitTable()) {
            Timestamp(nanoseconds: now * Self.minute)
        }
    }

    private func request(_ text: String, tenant: String = "a") -> QueryRequest {
        QueryRequest(tenant: Tenant(tenant), text: text, time: .instant(Timestamp(nanoseconds: 0)))
    }

    private func range(_ start: Int64, _ end: Int64) -> QueryRequest {
        QueryRequest(
            tenant: Tenant("a"), text: "q",
            time: .range(
                start: Timestamp(nanoseconds: start * Self.minute), end: Timestamp(nanoseconds: end * Self.minute),
                stepNanoseconds: Self.minute))
    }

    /// A sample at each step whose value is its minute.
    private func compute(_ kitchen: Kitchen) -> APIServices.QueryRunner {
        { request throws(QueryError) in
            kitchen.log.withLock { $0.append(request) }
            guard case .range(let start, let end, let step) = request.time else { return .empty }
            let samples = stride(from: start.nanoseconds, through: end.nanoseconds, by: Int(step)).map {
                Sample(timestamp: Timestamp(nanoseconds: $0), value: Double($0 / Self.minute))
            }
            return QueryOutcome(
                result: .matrix([Series(labels: ["app": "x"], samples: samples)]), statistics: QueryStatistics())
        }
    }

    private func minutes(_ outcome: QueryOutcome) -> [Double] {
        guard case .matrix(let series) = outcome.result else { return [] }
        return series.flatMap { $0.samples.map(\.value) }
    }

    @Test func `equal queries at once are computed once`() async throws {
        let desk = desk(running: 4)
        let kitchen = Kitchen()
        let slow: APIServices.QueryRunner = { request throws(QueryError) in
            kitchen.log.withLock { $0.append(request) }
            for await _ in kitchen.openings { break }
            return .empty
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { _ = try await desk.run(request("same"), slow) } }
            while value(desk, "weir_queries_shared_total") < 4 { await Task.yield() }
            kitchen.opener.yield()
            try await group.waitForAll()
        }
        #expect(kitchen.requests.count == 1)
    }

    @Test func `tenants take turns`() async throws {
        let desk = desk(running: 1)
        let kitchen = Kitchen()
        let slow: APIServices.QueryRunner = { request throws(QueryError) in
            kitchen.log.withLock { $0.append(request) }
            if request.text == "first" { for await _ in kitchen.openings { break } }
            return .empty
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await desk.run(request("first"), slow) }
            while value(desk, "weir_queries_running") < 1 { await Task.yield() }
            for (index, tenant) in ["a", "a", "a", "b"].enumerated() {
                group.addTask { _ = try await desk.run(request("\(index)", tenant: tenant), slow) }
                while value(desk, "weir_queries_waiting") < Double(index + 1) { await Task.yield() }
            }
            kitchen.opener.yield()
            try await group.waitForAll()
        }
        #expect(kitchen.requests.map(\.text) == ["first", "0", "3", "1", "2"])
    }

    @Test func `too many that wait are told to come again`() async throws {
        let desk = desk(running: 1, waiting: 1)
        let kitchen = Kitchen()
        let slow: APIServices.QueryRunner = { _ throws(QueryError) in
            for await _ in kitchen.openings { break }
            return .empty
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await desk.run(request("1"), slow) }
            while value(desk, "weir_queries_running") < 1 { await Task.yield() }
            group.addTask { _ = try await desk.run(request("2"), slow) }
            while value(desk, "weir_queries_waiting") < 1 { await Task.yield() }
            await #expect(throws: QueryError.overloaded(message: "too many outstanding requests")) {
                try await desk.run(request("3"), slow)
            }
            kitchen.opener.yield()
            kitchen.opener.yield()
            try await group.waitForAll()
        }
    }

    @Test func `samples of the past are computed once, and only the rest is asked for`() async throws {
        let desk = desk(caches: true)
        let kitchen = Kitchen()
        #expect(minutes(try await desk.run(range(0, 50), compute(kitchen))) == (0...50).map(Double.init))
        #expect(minutes(try await desk.run(range(10, 60), compute(kitchen))) == (10...60).map(Double.init))
        #expect(minutes(try await desk.run(range(10, 60), compute(kitchen))) == (10...60).map(Double.init))
        #expect(kitchen.requests.map(\.time) == [range(0, 50).time, range(51, 60).time])
    }

    @Test func `samples that may still change are not kept`() async throws {
        let desk = desk(caches: true)
        let kitchen = Kitchen()
        // Now is minute 100; what is younger than ten minutes is asked for again.
        _ = try await desk.run(range(80, 100), compute(kitchen))
        #expect(minutes(try await desk.run(range(80, 100), compute(kitchen))) == (80...100).map(Double.init))
        #expect(kitchen.requests.last?.time == range(91, 100).time)
    }

    @Test func `late lines and deletions make the past be computed again`() async throws {
        let desk = desk(caches: true)
        let kitchen = Kitchen()
        _ = try await desk.run(range(0, 50), compute(kitchen))
        var batch = LineBatch()
        batch.streams = [["app": "x"]]
        batch.appendRow(stream: 0, timestamp: 20 * Self.minute, copying: [1])
        let arrival = Timestamp(nanoseconds: 100 * Self.minute)
        desk.note(Push(tenant: Tenant("other"), arrival: arrival, batch: batch))
        _ = try await desk.run(range(0, 50), compute(kitchen))
        #expect(kitchen.requests.count == 1)
        desk.note(Push(tenant: Tenant("a"), arrival: arrival, batch: batch))
        _ = try await desk.run(range(0, 50), compute(kitchen))
        #expect(kitchen.requests.count == 2)
        desk.forget()
        _ = try await desk.run(range(0, 50), compute(kitchen))
        #expect(kitchen.requests.count == 3)
    }

    @Test func `nothing is kept unless it is asked for`() async throws {
        let desk = desk()
        let kitchen = Kitchen()
        for _ in 0..<2 { _ = try await desk.run(range(0, 50), compute(kitchen)) }
        #expect(kitchen.requests.count == 2)
    }

    private func value(_ desk: QueryDesk, _ name: String) -> Double {
        desk.families().first { $0.name == name }?.samples.first?.value ?? -1
    }
}
