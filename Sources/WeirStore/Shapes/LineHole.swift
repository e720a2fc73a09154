/// A changing part of a line.
struct LineHole: Sendable {
    /// Where it starts, counted from the line's start or from the arena's, as said where it is used.
    var offset: UInt32
    var length: UInt32
    var kind: HoleKind
}
