import Testing
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

@Suite struct ReceivingTests {
    @Test func `an entry of the journal has its message, labels and place`() throws {
        let json = """
            {"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1795243333000001","MESSAGE":"héllo \\"x\\"","PRIORITY":"3",
            "_SYSTEMD_UNIT":"nginx.service","_PID":"7","EMPTY":null,"TWICE":["a","b"],"__MONOTONIC_TIMESTAMP":"5"}
            """
        let entry = try #require(JournalEntry(Array(json.utf8)))
        #expect(entry.cursor == "s=1;i=2" && entry.timestamp == 1_795_243_333_000_001_000)
        #expect(entry.message == Array("héllo \"x\"".utf8))
        let labels = LabelSet(entry.metaLabels)
        #expect(labels["__journal__systemd_unit"] == "nginx.service" && labels["__journal_priority_keyword"] == "error")
        #expect(labels["__journal_twice"] == "a" && labels["__journal_empty"] == nil)
        #expect(labels.labels.allSatisfy { !$0.name.contains("monotonic") })
        let bytes = try #require(JournalEntry(Array(#"{"__CURSOR":"c","MESSAGE":[104,105,255]}"#.utf8)))
        #expect(bytes.message == [104, 105, 255])
        for broken in ["", "{", "[]", #"{"MESSAGE":"without a place"}"#] {
            #expect(JournalEntry(Array(broken.utf8)) == nil)
        }
    }

    @Test func `the path of a pod's log says whose it is`() throws {
        let pod = try #require(PodPath("/var/log/pods/prod_api-7d9f_1234-5678/server/0.log"))
        #expect([pod.namespace, pod.pod, pod.uid, pod.container] == ["prod", "api-7d9f", "1234-5678", "server"])
        let id = String(repeating: "ab", count: 32)
        let linked = try #require(PodPath("/var/log/containers/api-7d9f_prod_server-\(id).log"))
        #expect([linked.namespace, linked.pod, linked.uid, linked.container] == ["prod", "api-7d9f", "", "server"])
        for other in ["/var/log/app.log", "/var/log/pods/x/y/0.log", "/var/log/containers/a_b_c.log", ""] {
            #expect(PodPath(other) == nil)
        }
    }

    private func scene(
        bytesMax: Int = 1 << 20, stages: [StageConfiguration] = []
    ) throws -> (FollowingScene, Inbox, Follower, DeliveryQueue) {
        let scene = try FollowingScene { configuration in
            var scrape = ScrapeConfiguration(jobName: "syslog")
            scrape.receiver = .syslog(SyslogConfiguration())
            var rule = RelabelRule()
            rule.sourceLabels = ["__host"]
            rule.targetLabel = "host"
            scrape.relabelRules = [rule]
            scrape.stages = stages
            configuration.scrapes.append(scrape)
        }
        let inbox = Inbox(bytesMax: bytesMax)
        let queue = DeliveryQueue(destinationCount: 1) {}
        let follower = try Follower(
            scene.configuration, system: scene.system, clock: scene.clock, destinations: [scene.destination],
            queue: queue, inbox: inbox)
        return (scene, inbox, follower, queue)
    }

    private func line(_ text: String, host: String, timestamp: Int64? = nil) -> ReceivedLine {
        ReceivedLine(labels: ["job": "syslog", "__host": host], timestamp: timestamp, line: Array(text.utf8))
    }

    @Test func `received lines go through relabelling and stages, and are safe once they are delivered`() async throws {
        let (scene, inbox, follower, queue) = try scene()
        guard
            case .taken(let ticket) = inbox.offer(
                [line("one", host: "a", timestamp: 5), line("two", host: "b")], job: "syslog")
        else {
            Issue.record("there was room")
            return
        }
        while follower.step().hasMore {}
        #expect(!inbox.isSafe(ticket))
        scene.clock.advance(byNanoseconds: 2_000_000_000)
        _ = follower.step()
        let work = try #require(await queue.next(destination: 0))
        for parcel in work.parcels { _ = try await scene.destination.deliver(parcel) }
        queue.settle(work.sequence, destination: 0)
        _ = follower.step()
        #expect(inbox.isSafe(ticket))
        #expect(scene.destination.entries.map(\.labels["host"]) == ["a", "b"])
        #expect(scene.destination.entries.map(\.line) == ["one", "two"])
        #expect(scene.destination.entries[0].timestamp == 5)
        #expect(await inbox.waitUntilSafe(ticket))
    }

    @Test func `what has no room is not taken, and who waits learns of the end`() async throws {
        let (_, inbox, follower, _) = try scene(bytesMax: 100)
        #expect(inbox.offer([line("one", host: "a")], job: "syslog") == .taken(ticket: 1))
        #expect(inbox.offer([line("two", host: "a")], job: "syslog") == .full)
        while follower.step().hasMore {}
        #expect(inbox.offer([line("three", host: "a")], job: "syslog") == .taken(ticket: 2))
        let agent = Agent(
            AgentConfiguration(), system: PosixFileSystem(), destinations: [RecordingDestination()], inbox: inbox)
        agent.stop()
        #expect(inbox.offer([line("four", host: "a")], job: "syslog") == .closed)
    }
}
