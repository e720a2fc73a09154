/// What the positions know of a spool, by the numbers of its batches.
package struct SpoolProgress: Sendable, Hashable {
    /// The positions include how far files are read with batches up to this one.
    package var applied: UInt64 = 0
    /// Batches up to this one were delivered.
    package var delivered: UInt64 = 0

    /// Knows nothing.
    package init() {}
}
