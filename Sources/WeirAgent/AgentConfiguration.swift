/// What an agent follows and where it sends lines.
public struct AgentConfiguration: Sendable {
    /// Creates an agent that follows nothing.
    public init() {}
}
