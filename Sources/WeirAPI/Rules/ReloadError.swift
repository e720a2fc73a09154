/// Why a configuration is not taken over: one line for each thing that is wrong with it.
public struct ReloadError: Error, Sendable, Hashable {
    /// The lines.
    public let lines: [String]

    /// Creates an error.
    public init(_ lines: [String]) {
        self.lines = lines
    }
}
