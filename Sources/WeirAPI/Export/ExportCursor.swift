internal import LogQL
internal import WeirModel

/// Where an export stands: pages of a forward query, each from the last instant of the one before.
///
/// Every page goes up to an instant and leaves that instant's entries to the next, unless it is the last page, so that
/// none is written twice or left out however many share an instant.
struct ExportCursor {
    /// The first instant of the next page; the end once all is written.
    private(set) var start: Timestamp
    /// Whether nothing is left.
    private(set) var isAtEnd = false
    private let pageMax: Int

    /// More entries share one instant than a page holds.
    struct Crowded: Error {
        let instant: Timestamp
    }

    init(start: Timestamp, pageMax: Int) {
        self.start = start
        self.pageMax = pageMax
    }

    /// Takes the answer of a page and gives the entries to write, by time, equal instants by labels.
    mutating func take(_ streams: [ResultStream]) throws(Crowded) -> [(labels: LabelSet, entry: ResultEntry)] {
        var entries = streams.flatMap { stream in stream.entries.map { (labels: stream.labels, entry: $0) } }
        // The sort is stable, and streams are sorted by labels.
        entries.sort { $0.entry.timestamp < $1.entry.timestamp }
        guard entries.count >= pageMax, let last = entries.last?.entry.timestamp else {
            isAtEnd = true
            return entries
        }
        let whole = entries.prefix { $0.entry.timestamp < last }
        guard !whole.isEmpty else { throw Crowded(instant: last) }
        start = last
        return Array(whole)
    }
}
