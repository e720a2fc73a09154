/// The labels that a parser has to find, by number; it may leave out others and stop when it has all.
struct WantedLabels: Sendable {
    /// Nil wants every label.
    private let isWanted: [Bool]?
    private let wanted: [LabelName]
    /// For each length up to 63 whether a wanted name has it, as bits; all when one is longer.
    private let lengths: UInt64
    /// The names as text, to tell which nested objects can hold one.
    private let texts: [[UInt8]]

    init(_ demand: LabelDemand, names: inout LabelNameRegistry) {
        guard case .only(let labels) = demand else {
            isWanted = nil
            wanted = []
            lengths = .max
            texts = []
            return
        }
        let sorted = labels.sorted()
        let numbered = sorted.map { names.intern($0) }
        var flags = Array(repeating: false, count: names.names.count)
        for name in numbered { flags[Int(name.id)] = true }
        isWanted = flags
        wanted = numbered
        texts = sorted.map { Array($0.utf8) }
        // The name of a stream's label comes without the suffix that makes it a wanted one.
        let suffix = "_extracted".utf8.count
        lengths = texts.reduce(0) { bits, text in
            guard text.count < 64 else { return .max }
            return bits | 1 << text.count | (text.count > suffix ? 1 << (text.count - suffix) : 0)
        }
    }

    /// Whether nothing is wanted, so that the parser need not run.
    var isNothing: Bool { isWanted != nil && wanted.isEmpty }
    /// Whether everything is wanted.
    var isEverything: Bool { isWanted == nil }

    /// Whether a label is wanted.
    func contains(_ name: LabelName) -> Bool {
        guard let isWanted else { return true }
        return Int(name.id) < isWanted.count && isWanted[Int(name.id)]
    }

    /// Whether a key at the top of an object can be seen not to be wanted, by its length and first letter; most are.
    @inline(__always)
    func cannotBe(_ key: JSONCursor.Text) -> Bool {
        let count = key.raw.count
        guard !key.hasEscape, count > 0, count < 64, lengths & 1 << count == 0 else { return false }
        // Digits in front, spaces around and letters beyond ASCII give names of another length.
        guard (key.raw[0] | 0x20) &- 0x61 < 26, key.raw[count - 1] > 0x20 else { return false }
        return key.raw.allSatisfy { $0 < 0x80 }
    }

    /// How many wanted labels no parser has found yet.
    func missing(in labels: borrowing EntryLabels) -> Int {
        guard isWanted != nil else { return .max }
        var count = 0
        for name in wanted where !labels.isParsed(name) { count += 1 }
        return count
    }

    /// Whether a wanted label may begin with `prefix` and an underscore.
    func mayBegin(with prefix: UnsafeRawBufferPointer) -> Bool {
        guard isWanted != nil else { return true }
        return texts.contains { $0.count > prefix.count && $0.starts(with: prefix) }
    }

    /// The number of a label name met in a line; nil when nobody wants it.
    func name(for text: UnsafeRawBufferPointer, in labels: inout EntryLabels) -> LabelName? {
        guard isWanted != nil else { return labels.intern(text) }
        // Wanted names, and those of streams, have numbers; a name without one cannot be wanted.
        guard let name = labels.known(text), contains(labels.extractionName(of: name)) else { return nil }
        return name
    }
}
