internal import CKernels

/// Finds a run of bytes of given classes, such as a letter and six digits: what a pattern of fixed length without
/// anything literal comes to. Looks at 64 positions at a time.
public struct ClassRunSearch: Sendable {
    /// How many bytes a run may have.
    public static let lengthMax = 32

    private let ranges: [Range]
    private let classes: [UInt8]

    private struct Range: Sendable {
        var value: weir_byte_range
    }

    /// Creates a search for bytes that lie, one after the other, in the ranges of their class.
    ///
    /// Nil when there are none, or more than ``lengthMax``.
    public init?(_ run: [[ClosedRange<UInt8>]]) {
        guard !run.isEmpty, run.count <= ClassRunSearch.lengthMax else { return nil }
        var known: [[ClosedRange<UInt8>]] = []
        var ranges: [Range] = []
        var classes: [UInt8] = []
        for members in run {
            let number = known.firstIndex(of: members) ?? known.count
            if number == known.count {
                known.append(members)
                ranges += members.map {
                    Range(
                        value: weir_byte_range(first: $0.lowerBound, last: $0.upperBound, class_number: UInt8(number)))
                }
            }
            classes.append(UInt8(number))
        }
        self.ranges = ranges
        self.classes = classes
    }

    /// The length of a run in bytes.
    public var count: Int { classes.count }

    /// Where a run first starts in `bytes` at or behind `start`; nil when there is none.
    public func first(in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
        guard let text = bytes.baseAddress, count <= bytes.count - start else { return nil }
        let found = ranges.withUnsafeBytes { ranges in
            weir_find_class_run(
                text.assumingMemoryBound(to: UInt8.self), bytes.count, start,
                ranges.baseAddress?.assumingMemoryBound(to: weir_byte_range.self), self.ranges.count, classes,
                classes.count)
        }
        return found < 0 ? nil : found
    }

    /// Whether a run occurs in `bytes`.
    public func matches(_ bytes: UnsafeRawBufferPointer) -> Bool { first(in: bytes) != nil }
}
