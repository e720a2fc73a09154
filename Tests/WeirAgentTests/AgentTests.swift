import Testing
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

@Suite struct AgentTests {
    @Test func `a running agent delivers what appears, stops when told, and goes on where it was`() async throws {
        let scene = try FollowingScene()
        let destination = RecordingDestination()
        func run(until expected: Int) async throws {
            // On a busy machine the timer of the usual wait may run before the sender does, and what is then not
            // recorded as delivered comes twice, as it should.
            let agent = Agent(
                scene.configuration, system: PosixFileSystem(), destinations: [destination],
                drainTime: .seconds(86_400))
            async let ended: Void = agent.run()
            _ = await eventually { destination.lines.count >= expected }
            agent.stop()
            try await ended
            #expect(agent.statistics().entriesEmitted > 0)
        }
        try scene.append("one\ntwo\n", to: "logs/a.log")
        try await run(until: 2)
        try scene.append("three\n", to: "logs/a.log")
        try scene.append("four\n", to: "logs/b.log")
        try await run(until: 4)
        #expect(destination.lines.sorted() == ["four", "one", "three", "two"])
    }

    @Test func `a stage that cannot run is refused with its name`() {
        #expect(StageConfiguration.limit(.init(rate: 0, burst: 1)).problem()?.stage == "limit")
        #expect(StageConfiguration.regex(expression: "(", source: nil).problem()?.stage == "regex")
        #expect(StageConfiguration.regex(expression: "(?P<a>.)", source: nil).problem() == nil)
    }
}
