/// Constants of the segment format; docs/formats/segment.md explains them. On disk, never change.
enum SegmentLayout {
    /// `WEIRSEG1`, at the start of the header and at the end of the footer.
    static let magic: [UInt8] = Array("WEIRSEG1".utf8)
    /// Readers refuse another major version; a higher minor one only adds what they may skip.
    static let major: UInt16 = 1
    static let minor: UInt16 = 1
    static let headerBytes = 64
    /// The header's bytes before its checksum.
    static let headerCheckedBytes = 32
    static let footerBytes = 128
    /// The footer's bytes before its checksum.
    static let footerCheckedBytes = 116
    static let sectionEntryBytes = 24
    static let streamEntryBytes = 40
    /// Blocks and sections start at multiples of this, so that later columns may be used in place.
    static let alignment = 8
    /// A tail shorter than this is read with one call; larger wastes reads, smaller makes a second one common.
    static let tailReadBytes = 64 << 10
    /// More entries in the section table mean that the footer is not one.
    static let sectionsMax: UInt32 = 64

    /// The parts of a segment's tail. On disk, never renumber; unknown ones are skipped, 5 is kept for rollups.
    enum Section: UInt32, CaseIterable {
        case streams = 1
        case blocks = 2
        case columns = 3
        /// Lies before the tail, because it is large and opening a segment does not need it.
        case signatures = 4
        /// Lies before the tail, because it is read only when a catalogue is damaged.
        case origin = 6

        /// Whether it lies between blocks and tail, and is checked when it is read.
        var isBeforeTail: Bool { self == .signatures || self == .origin }
    }
}
