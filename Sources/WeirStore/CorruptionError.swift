/// Bytes on disk that are not what was written: where, what should be there, and what is.
public struct CorruptionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public var path: String
    /// Where in the file, in bytes from its start.
    public var byteOffset: Int
    /// What should be there.
    public var expected: String
    /// What is there.
    public var found: String

    /// Creates an error.
    public init(path: String, byteOffset: Int, expected: String, found: String) {
        self.path = path
        self.byteOffset = byteOffset
        self.expected = expected
        self.found = found
    }

    /// `./wal/0000000000000007.wal is damaged at byte 4096: expected record 17, found a wrong checksum`
    public var description: String {
        "\(path) is damaged at byte \(byteOffset): expected \(expected), found \(found)"
    }
}
