/// One remark about a configuration file: how bad, where, what, and what to write instead.
public struct Diagnostic: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
        /// Nothing meaningful can be done with the file.
        case error
        /// The file loads, but not all of it takes effect as written.
        case warning
        /// Worth knowing.
        case note
    }

    /// How bad it is.
    public var severity: Severity
    /// The file's path as given.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int
    /// The path of keys: `scrape_configs[0].pipeline_stages[1].jsn`.
    public var keyPath: String
    /// What is the matter and what happens instead.
    public var message: String
    /// What to write instead; nil when there is no obvious answer.
    public var replacement: String?

    /// Creates a remark.
    public init(
        _ severity: Severity, file: String, line: Int, column: Int, keyPath: String, message: String,
        replacement: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.keyPath = keyPath
        self.message = message
        self.replacement = replacement
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `weir.yaml:3:5: warning: limits_config.max_lin_size: unknown key; write max_line_size`
    public var description: String {
        let place = "\(file):\(line):\(column): \(severity.rawValue): "
        let path = keyPath.isEmpty ? "" : keyPath + ": "
        return place + path + message + (replacement.map { "; write \($0)" } ?? "")
    }
}
