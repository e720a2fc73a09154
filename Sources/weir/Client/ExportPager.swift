/// Walks through a range in pages, oldest first, so that a server's limit on one answer does not limit an export.
///
/// A page may end between two rows of one instant. The next one starts at that instant again, and as many equal rows as
/// were handed out before are left out. When a whole page is of one instant, the limit grows until one is not.
struct ExportPager {
    /// What to ask for next.
    struct Page: Equatable {
        /// The first instant, inclusive, nanoseconds since 1970 UTC.
        var start: Int64
        /// The most rows.
        var limit: Int
    }

    /// The page to ask for; nil when the range is read to its end.
    private(set) var page: Page?
    private let limit: Int
    /// Rows of the first instant of `page` that were handed out, and how often.
    private var handedOut: [Row: Int] = [:]

    /// Starts at an instant, with the usual number of rows of a page.
    init(start: Int64, limit: Int) {
        page = Page(start: start, limit: limit)
        self.limit = limit
    }

    /// Takes the answer for `page`, rows in order of time, and gives those that were not handed out before.
    mutating func take(_ rows: [Row]) -> [Row] {
        guard let asked = page else { return [] }
        var met: [Row: Int] = [:]
        let fresh = rows.filter { row in
            guard row.nanoseconds == asked.start else { return true }
            met[row, default: 0] += 1
            return met[row, default: 0] > handedOut[row, default: 0]
        }
        guard rows.count >= asked.limit, let last = rows.last?.nanoseconds else {
            page = nil
            return fresh
        }
        // The next page starts where this one ends, so rows of that instant come again.
        if last == asked.start {
            handedOut.merge(met) { max($0, $1) }
            page = Page(start: last, limit: asked.limit * 2)
        } else {
            handedOut = [:]
            for row in rows.reversed().prefix(while: { $0.nanoseconds == last }) { handedOut[row, default: 0] += 1 }
            page = Page(start: last, limit: limit)
        }
        return fresh
    }
}
