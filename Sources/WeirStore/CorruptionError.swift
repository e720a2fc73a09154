/// Bytes on disk are not what was written: which file, where, and what is wrong.
///
/// What it costs is decided where it is caught: a block whose bytes are damaged is left out of answers and reported, a
/// segment whose tail is damaged is quarantined. Nothing is silently dropped.
public struct CorruptionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, as it was opened; `head` for a block that was never written.
    public var path: String
    /// Where in the file the first wrong byte is known to be, or the start of what is known to be wrong.
    public var byteOffset: Int
    /// What was looked at: `footer checksum`, `line column: frame 3`; empty where `expected` says it all.
    public var what: String
    /// What should have been there.
    public var expected: String
    /// What was there.
    public var found: String

    /// Creates an error.
    public init(path: String, byteOffset: Int, what: String = "", expected: String, found: String) {
        self.path = path
        self.byteOffset = byteOffset
        self.what = what
        self.expected = expected
        self.found = found
    }

    /// `./data/20261121/01J.wseg is damaged at byte 4096: footer checksum: expected 1a2b3c4d, found 00000000`
    public var description: String {
        let subject = what.isEmpty ? "" : "\(what): "
        return "\(path) is damaged at byte \(byteOffset): \(subject)expected \(expected), found \(found)"
    }
}
