import Foundation
import Testing
import WeirAPI
import WeirAgent
import WeirConfig

/// The files under config/agent are what people start from, so they must load without a remark.
@Suite struct DeploymentTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("config/agent")

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test(arguments: ["agent.yaml", "kubernetes/agent.yaml"])
    func `the agent's files load without a remark`(path: String) throws {
        let file = AgentFile.read(try text(path), file: path, environment: [:])
        #expect(file.diagnostics.isEmpty, "\(file.diagnostics)")
        #expect(file.agent.clients.count == 1 && !file.agent.scrapes.isEmpty)
        #expect(file.agent.clients.first?.url.hasSuffix("/loki/api/v1/push") == true)
    }

    @Test(arguments: ["weir-agent.service", "Dockerfile", "compose.yaml", "kubernetes/daemonset.yaml"])
    func `every deployment starts the agent with a file that is there`(path: String) throws {
        let text = try text(path)
        #expect(text.contains("agent") && text.contains("/etc/weir/agent.yaml") && text.contains("config.expand-env"))
        // Without a place of their own, positions are lost with the container.
        #expect(text.contains("/var/lib/weir") || text.contains("StateDirectory=weir"))
    }

    @Test func `the volumes of the positions are those that the files name`() throws {
        for (deployment, agent) in [
            ("compose.yaml", "agent.yaml"), ("kubernetes/daemonset.yaml", "kubernetes/agent.yaml"),
        ] {
            let positions = AgentFile.read(try text(agent), file: agent, environment: [:]).agent.positions.filename
            let folder = (positions as NSString).deletingLastPathComponent
            #expect(try text(deployment).contains(folder), "\(deployment): \(folder) is no volume")
        }
    }

    @Test func `the server of the compose file loads`() throws {
        let lines = try text("compose.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasSuffix("content: |") })
        let content = lines[(start + 1)...].prefix { $0.hasPrefix("      ") }.map { $0.dropFirst(6) }
        let file = ServeFile.read(content.joined(separator: "\n"), file: "compose.yaml")
        #expect(file.diagnostics.isEmpty && file.server.address == "0.0.0.0", "\(file.diagnostics)")
    }
}
