/// One key of a file that is set from outside: on the command line, or in the environment.
public struct Setting: Sendable, Hashable {
    /// The keys from the top: `["limits_config", "max_line_size"]`.
    public var path: [String]
    /// The value as YAML: a text, a number, or `[a, b]`.
    public var value: String
    /// Where it comes from, for remarks: `--set` or the variable's name.
    public var origin: String

    /// Creates a setting.
    public init(path: [String], value: String, origin: String) {
        self.path = path
        self.value = value
        self.origin = origin
    }

    /// Reads `limits_config.max_line_size=512KB`; nil without a key or a `=`.
    public init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        let path = argument[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else { return nil }
        self.init(path: path, value: String(argument[argument.index(after: equals)...]), origin: "--set")
    }

    /// The settings among variables of the environment: `WEIR__LIMITS_CONFIG__MAX_LINE_SIZE`, two underscores before each
    /// key, because keys have single ones.
    public static func all(in environment: [String: String]) -> [Setting] {
        environment.sorted { $0.key < $1.key }.compactMap { name, value in
            guard name.hasPrefix("WEIR__") else { return nil }
            var path: [String] = []
            var rest = name.dropFirst("WEIR__".count)
            while let range = rest.firstRange(of: "__") {
                path.append(rest[..<range.lowerBound].lowercased())
                rest = rest[range.upperBound...]
            }
            path.append(rest.lowercased())
            return path.contains("") ? nil : Setting(path: path, value: value, origin: name)
        }
    }
}
