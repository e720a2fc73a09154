import Testing
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

@Suite struct PerClientTests {
    private func configuration(_ urls: [String], positions: String = "/p.yaml") -> AgentConfiguration {
        var configuration = AgentConfiguration()
        configuration.clients = urls.map { ClientConfiguration(url: $0) }
        configuration.positions.filename = positions
        return configuration
    }

    @Test func `one client keeps the positions file, several have one each that their order does not change`() {
        #expect(configuration(["http://a"]).perClient.map(\.positions.filename) == ["/p.yaml"])
        let some = configuration(["http://a", "http://b"]).perClient
        #expect(some.map(\.clients.count) == [1, 1])
        #expect(Set(some.map(\.positions.filename)).count == 2)
        #expect(some.allSatisfy { $0.positions.importedFrom == "/p.yaml" })
        let swapped = configuration(["http://b", "http://a"]).perClient
        #expect(swapped.map(\.positions.filename) == some.map(\.positions.filename).reversed())
    }

    @Test func `a client that is new goes on where the common positions are`() async throws {
        let scene = try FollowingScene()
        try scene.append("one\n", to: "logs/a.log")
        await scene.settle()
        scene.follower.savePositions()
        scene.follower.stop()
        var configuration = scene.configuration
        configuration.clients = ["http://a", "http://b"].map { ClientConfiguration(url: $0) }
        try scene.append("two\n", to: "logs/a.log")
        for one in configuration.perClient {
            let destination = RecordingDestination()
            let queue = DeliveryQueue(destinationCount: 1) {}
            let follower = try Follower(
                one, system: scene.system, clock: scene.clock, destinations: [destination], queue: queue)
            while follower.step().hasMore {}
            scene.clock.advance(byNanoseconds: 1_100_000_000)
            _ = follower.step()
            while !queue.isSettled, let work = await queue.next(destination: 0) {
                for parcel in work.parcels { _ = try await destination.deliver(parcel) }
                queue.settle(work.sequence, destination: 0)
            }
            follower.savePositions()
            #expect(destination.lines == ["two"])
            #expect(try scene.system.status(one.positions.filename) != nil)
        }
    }

    @Test func `attempts are counted by destination and status`() async throws {
        struct Answers: HTTPSender {
            func post(
                url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
            ) async throws(HTTPSendError) -> HTTPAnswer {
                HTTPAnswer(status: 204)
            }
        }
        let metrics = PushMetrics()
        let client = PushClient(
            ClientConfiguration(url: "http://a"), sender: Answers(), report: { metrics.record($0, to: "a") })
        var rows = LineBatch()
        rows.streams = [["app": "web"]]
        rows.appendRow(stream: 0, timestamp: 1, copying: Array("one".utf8))
        _ = try await client.deliver(client.prepare(rows, tenant: nil))
        let count = metrics.families.first { $0.name == "promtail_request_duration_seconds" }?.samples.last
        #expect(count?.labels == ["host": "a", "status_code": "204"] && count?.value == 1)
        #expect(metrics.families.first { $0.name == "promtail_encoded_bytes_total" }?.samples.count == 1)
    }
}
