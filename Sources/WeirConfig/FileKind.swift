/// What a YAML file is for, told by its keys.
public enum FileKind: Sendable, Hashable {
    /// Rules.
    case rules
    /// Tests of rules.
    case ruleTests
    /// An agent's configuration.
    case agent
    /// A server's configuration.
    case server
    /// Both in one file.
    case run

    /// The kind of a text; what cannot be read is taken for a server's, whose reader says why.
    public static func of(_ text: String) -> FileKind {
        guard let value = YAMLReader.read(text, Remarks(file: "")) else { return .server }
        if value.isList { return .rules }
        let keys = Set(value.map?.keys ?? [])
        if keys.contains("tests") { return .ruleTests }
        if keys.contains("groups") || keys.contains("alert") || keys.contains("record") { return .rules }
        if keys.contains("agent") { return .run }
        if keys.contains("clients") || keys.contains("client") || keys.contains("positions") { return .agent }
        return .server
    }
}
