public import WeirAgent
internal import WeirStore

/// The file of `weir run`: the server's keys at the top, and under `agent` what Promtail's file holds.
public struct RunFile: Sendable {
    /// The server's part; its remarks are those of the whole file.
    public var serve = ServeFile()
    /// The agent's part; nil when there is no `agent`.
    public var agent: AgentConfiguration?

    /// Creates the configuration of an empty file.
    public init() {}

    /// Remarks in the order of the file's keys.
    public var diagnostics: [Diagnostic] { serve.diagnostics }

    /// Whether there is no error among the remarks.
    public var isUsable: Bool { serve.isUsable }

    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - file: its path, for the remarks.
    ///   - environment: when given, variables in the text are replaced first; see ``EnvironmentExpansion``.
    ///   - settings: keys that are set from outside; they win over the file.
    public static func read(
        _ text: String, file: String, environment: [String: String]? = nil, settings: [Setting] = []
    ) -> RunFile {
        var result = RunFile()
        let remarks = YAMLReader.readFile(text, file: file, environment: environment, settings: settings) { map in
            result.serve.apply(map)
            guard let section = map.presentValue("agent")?.map else { return }
            var part = AgentFile()
            // Positions belong beside the data, so that one folder holds everything there is to keep.
            part.agent.positions.filename = result.serve.store.folder + "/positions.yaml"
            part.apply(section)
            section.finish()
            result.agent = part.agent
        }
        result.serve.diagnostics = remarks
        return result
    }
}
