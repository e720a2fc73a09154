internal import WeirModel

/// The streams of one push: each distinct label text is parsed once, each distinct label set stands once.
struct StreamTable {
    /// The label sets by stream index, as they will be stored.
    private(set) var streams: [LabelSet] = []
    /// What each stream is called in messages: its labels as sent, doubles included.
    private(set) var duplicates: [Int: DuplicateLabel] = [:]

    private let rules: DiscoveryRules
    private var indexByText: [[UInt8]: UInt32] = [:]
    private var indexByLabels: [LabelSet: UInt32] = [:]
    private var lastText: [UInt8] = []
    private var lastIndex: UInt32?

    /// A stream that names one label twice.
    struct DuplicateLabel {
        /// The label's name.
        var name: String
        /// The labels as sent, in order.
        var streamText: String
    }

    init(rules: DiscoveryRules) {
        self.rules = rules
    }

    /// The index of the stream with this label text.
    mutating func index(ofText text: UnsafeRawBufferPointer) throws(PushRejection) -> UInt32 {
        // Senders that group poorly repeat one text for line after line.
        if let lastIndex, lastText.elementsEqual(text) { return lastIndex }
        let key = [UInt8](text)
        let index: UInt32
        if let known = indexByText[key] {
            index = known
        } else {
            index = self.index(of: try StreamLabelParser.parse(text))
            indexByText[key] = index
        }
        lastText = key
        lastIndex = index
        return index
    }

    /// The index of the stream with these labels, in any order.
    mutating func index(of labels: [Label]) -> UInt32 {
        let kept = labels.filter { !$0.value.isEmpty }
        let set = rules.addingServiceName(to: LabelSet(kept))
        let duplicate = StreamTable.duplicate(in: kept)
        if duplicate == nil, let known = indexByLabels[set] { return known }
        let index = UInt32(streams.count)
        streams.append(set)
        if let duplicate { duplicates[Int(index)] = duplicate } else { indexByLabels[set] = index }
        return index
    }

    private static func duplicate(in labels: [Label]) -> DuplicateLabel? {
        var sorted = labels
        sorted.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        guard let pair = zip(sorted, sorted.dropFirst()).first(where: { $0.name == $1.name }) else { return nil }
        let text = sorted.map { "\($0.name)=\(QuotedText.quote($0.value))" }.joined(separator: ", ")
        return DuplicateLabel(name: pair.0.name, streamText: "{\(text)}")
    }
}
