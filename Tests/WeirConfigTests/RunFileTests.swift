import FoundationEssentials
import Testing
import WeirAPI
import WeirAgent
import WeirConfig
import WeirStore

@Suite struct RunFileTests {
    @Test func `the example file loads without a remark and follows Docker's containers`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "config/weir.yaml"), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 40)
        let file = RunFile.read(text, file: "weir.yaml")
        #expect(file.diagnostics.isEmpty)
        #expect(file.serve.store.folder == "./data" && file.serve.server.port == 3100)
        #expect(file.agent?.docker?.containersFolder == "/var/lib/docker/containers")
        #expect(file.agent?.scrapes.map(\.jobName) == ["system"])
        #expect(file.agent?.positions.filename == "./data/positions.yaml")
    }

    @Test func `without an agent only the server runs`() {
        let file = RunFile.read("common: {path_prefix: /d}", file: "weir.yaml")
        #expect(file.agent == nil && file.isUsable && file.serve.store.folder == "/d")
    }

    @Test func `the agent's keys are checked with their path`() {
        let file = RunFile.read("agent:\n  clientz: []\n", file: "weir.yaml")
        #expect(
            file.diagnostics.map(\.description) == [
                "weir.yaml:2:3: warning: agent.clientz: unknown key, ignored; write clients"
            ])
    }
}
