internal import WeirBytes
internal import WeirModel

/// What a day's catalogue knows about a segment beyond the file's own tables: whose its streams are, how they are
/// labelled, and which records of the WAL went into it. Kept in the file as well, so that a catalogue that is damaged
/// can be made anew. Bytes: docs/formats/segment.md, section 6.
struct SegmentOrigin: Sendable, Equatable {
    /// The tenant's name.
    var tenant: String
    /// 0 for a sealed head, higher for each time it was merged.
    var level: Int
    /// As ``SegmentRow`` has them.
    var generation: UInt64
    var lsnLow: UInt64
    var lsnHigh: UInt64
    var deletes: Int64
    /// The labels of the streams, in the order of the segment's stream table.
    var labels: [LabelSet]

    /// The section's bytes: the plain length, then everything deflated.
    func encoded() -> [UInt8] {
        var plain: [UInt8] = []
        for number in [UInt64(level), generation, lsnLow, lsnHigh, UInt64(deletes)] {
            Varint.append(number, to: &plain)
        }
        SegmentOrigin.append(tenant, to: &plain)
        var names = Interning<String>()
        var values = Interning<Label>()
        let streams = labels.map { $0.labels.map { values.number(of: $0) } }
        let valueNames = values.all.map { names.number(of: $0.name) }
        Varint.append(UInt64(names.all.count), to: &plain)
        for name in names.all { SegmentOrigin.append(name, to: &plain) }
        Varint.append(UInt64(values.all.count), to: &plain)
        for (value, name) in zip(values.all, valueNames) {
            Varint.append(UInt64(name), to: &plain)
            SegmentOrigin.append(value.value, to: &plain)
        }
        Varint.append(UInt64(streams.count), to: &plain)
        var previous: [Int] = []
        for stream in streams {
            Varint.append(UInt64(stream.count), to: &plain)
            for (position, value) in stream.enumerated() {
                // Streams that come one after the other mostly differ in a label or two.
                let before = position < previous.count ? previous[position] : 0
                Varint.append(Varint.zigzag(Int64(value - before)), to: &plain)
            }
            previous = stream
        }
        var bytes: [UInt8] = []
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: plain.count >> shift)) }
        return bytes + InflateCodec.compressDeflate(plain)
    }

    /// Undoes ``encoded()``; nil when the bytes are something else.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 4 else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
        guard length <= (bytes.count - 4) * DeflateCodec.ratioMax else { return nil }
        var plain = [UInt8](repeating: 0, count: length)
        let isWhole = bytes.withUnsafeBytes { stored in
            plain.withUnsafeMutableBytes {
                DeflateCodec.decompress(UnsafeRawBufferPointer(rebasing: stored[4...]), into: $0)
            }
        }
        guard isWhole, let origin = plain.withUnsafeBytes({ SegmentOrigin.read($0) }) else { return nil }
        self = origin
    }

    init(
        tenant: String, level: Int, generation: UInt64, lsnLow: UInt64, lsnHigh: UInt64, deletes: Int64,
        labels: [LabelSet]
    ) {
        self.tenant = tenant
        self.level = level
        self.generation = generation
        self.lsnLow = lsnLow
        self.lsnHigh = lsnHigh
        self.deletes = deletes
        self.labels = labels
    }

    /// All but the labels, for messages.
    var facts: String {
        "level \(level), generation \(generation), records \(lsnLow) to \(lsnHigh), deletes \(deletes)"
    }

    // MARK: - Bytes

    /// Things by the order in which they are first asked for.
    private struct Interning<Element: Hashable> {
        private(set) var all: [Element] = []
        private var numbers: [Element: Int] = [:]

        mutating func number(of element: Element) -> Int {
            if let number = numbers[element] { return number }
            numbers[element] = all.count
            all.append(element)
            return all.count - 1
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        Varint.append(UInt64(text.utf8.count), to: &bytes)
        bytes += text.utf8
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) -> SegmentOrigin? {
        var reader = Reader(bytes: bytes)
        guard let level = reader.number(atMost: 255), let generation = reader.word(), let low = reader.word(),
            let high = reader.word(), let deletes = reader.number(), let tenant = reader.text(),
            let nameCount = reader.count()
        else { return nil }
        var names: [String] = []
        for _ in 0..<nameCount {
            guard let name = reader.text() else { return nil }
            names.append(name)
        }
        var values: [Label] = []
        guard let valueCount = reader.count() else { return nil }
        for _ in 0..<valueCount {
            guard let name = reader.number(atMost: names.count - 1), let value = reader.text() else { return nil }
            values.append(Label(names[name], value))
        }
        guard let labels = readStreams(&reader, values), reader.isAtEnd else { return nil }
        return SegmentOrigin(
            tenant: tenant, level: level, generation: generation, lsnLow: low, lsnHigh: high, deletes: Int64(deletes),
            labels: labels)
    }

    private static func readStreams(_ reader: inout Reader, _ values: [Label]) -> [LabelSet]? {
        guard let streamCount = reader.count() else { return nil }
        var labels: [LabelSet] = []
        var previous: [Int] = []
        for _ in 0..<streamCount {
            guard let count = reader.count() else { return nil }
            var stream: [Int] = []
            for position in 0..<count {
                guard let step = reader.word() else { return nil }
                let before = Int64(position < previous.count ? previous[position] : 0)
                let (value, overflow) = Varint.unzigzag(step).addingReportingOverflow(before)
                guard !overflow, value >= 0, value < Int64(values.count) else { return nil }
                stream.append(Int(value))
            }
            labels.append(LabelSet(stream.map { values[$0] }))
            previous = stream
        }
        return labels
    }

    /// Takes numbers and texts from bytes that may be anything.
    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        private var offset = 0

        init(bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
        }

        var isAtEnd: Bool { offset == bytes.count }

        mutating func word() -> UInt64? { Varint.read(bytes, at: &offset) }

        mutating func number(atMost limit: Int = .max) -> Int? {
            guard limit >= 0, let number = word(), number <= UInt64(limit) else { return nil }
            return Int(number)
        }

        /// No count of anything is larger than the bytes that are left.
        mutating func count() -> Int? { number(atMost: bytes.count - offset) }

        mutating func text() -> String? {
            guard let length = count(), length <= bytes.count - offset else { return nil }
            let start = offset
            offset += length
            return String(decoding: bytes[start..<offset], as: UTF8.self)
        }
    }
}
