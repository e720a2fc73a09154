import WeirModel

extension LabelSet {
    /// What a set of labels of ordinary length takes; counted for each, as a look at every text would cost more.
    static let heldBytesGuess = 512
}

/// Numbers the series that entries count for.
struct SeriesTable {
    /// The labels of each series.
    private(set) var labels: [LabelSet] = []

    private let names: [LabelName]
    private let isBy: Bool
    private var key = EntryKey()
    private var keys = ByteKeyTable()
    /// The series of each key: keys differ where only the order of labels does.
    private var seriesOfKey: [UInt32] = []
    private var seriesOfLabels: [LabelSet: UInt32] = [:]

    /// Creates a table; the projection's names get their numbers from the pipeline's registry.
    init(_ projection: LabelProjection, names registry: LabelNameRegistry) {
        var registry = registry
        names = projection.names.sorted().map { registry.intern($0) }
        if case .by = projection { isBy = true } else { isBy = false }
    }

    /// About how many bytes the series take.
    var heldBytes: Int { labels.count * 2 * LabelSet.heldBytesGuess + keys.byteCount }

    /// The series of an entry.
    mutating func series(of entryLabels: borrowing EntryLabels) -> UInt32 {
        if isBy {
            key.build(entryLabels, by: names)
        } else {
            key.build(entryLabels, without: names)
        }
        let (index, isNew) = key.bytes.withUnsafeBytes { keys.index(of: $0) }
        guard isNew else { return seriesOfKey[index] }
        let set =
            isBy ? EntryKey.labelSet(entryLabels, by: names) : EntryKey.labelSet(entryLabels, without: names)
        let series = seriesOfLabels[set] ?? UInt32(labels.count)
        if Int(series) == labels.count {
            labels.append(set)
            seriesOfLabels[set] = series
        }
        seriesOfKey.append(series)
        return series
    }

    /// Forgets how label names are numbered; the series stay.
    mutating func forgetNames() {
        keys.removeAll()
        seriesOfKey.removeAll(keepingCapacity: true)
    }
}
