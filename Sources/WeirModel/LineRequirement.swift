/// Something that holds for every wanted line: it contains one of a few texts.
///
/// Weaker than the condition it was derived from, so a line that fulfils it may still be unwanted, and a block whose
/// lines cannot fulfil it need not be read.
public struct LineRequirement: Sendable, Hashable {
    /// The texts, of which a wanted line contains at least one; none means that no line is wanted.
    public var alternatives: [[UInt8]]
    /// Whether letters of ASCII may stand in the other case, and `k` and `s` as U+212A and U+017F; the alternatives
    /// are then ASCII.
    public var ignoresCase: Bool

    /// Creates a requirement.
    public init(_ alternatives: [[UInt8]], ignoresCase: Bool = false) {
        self.alternatives = alternatives
        self.ignoresCase = ignoresCase
    }
}
