/// Why an agent cannot start.
public enum AgentError: Error, Sendable, Hashable {
    /// A stage or a relabelling rule cannot run as configured.
    case stage(StageError)
    /// The positions file cannot be read; starting without it would send every line again.
    case positions(path: String, reason: String)
}

extension AgentError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .stage(let error): error.description
        case .positions(let path, let reason):
            "cannot read positions from \(path): \(reason); repair or remove the file, or set ignore_invalid_yaml"
        }
    }
}
