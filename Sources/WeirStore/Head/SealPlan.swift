internal import WeirModel

/// Which rows of a tenant's day go into which block when a generation is sealed.
struct SealPlan: Sendable {
    let tenant: UInt32
    /// In the order in which they stand in the segment; blocks of one stream in order of arrival.
    let parts: [Part]

    enum Part: Sendable {
        /// A full block of one stream.
        case block(HeadBlock)
        /// The open rows of one or more streams.
        case runs([(stream: UInt32, run: OpenRun)])
    }

    /// Streams with this much pending get a block of their own, the others share: a block per small stream would cost
    /// more in headers than in lines, a shared one for a large stream would be read for its neighbours' sake.
    static let ownBlockBytesMin = 256 << 10
    /// As many rows take a block of their own however short they are, for the same reason.
    static let ownBlockRowsMin = OpenRun.rowsMax / 4

    /// One plan for each tenant with rows in the day.
    static func plans(of rows: Generation.DayRows, day: Day) -> [SealPlan] {
        let described = day.withIndex { index in
            rows.streams.map { ($0, index.streamTenants[Int($0.stream)], index.labels(of: $0.stream)) }
        }
        let byTenant = Dictionary(grouping: described, by: \.1)
        return byTenant.keys.sorted().map { tenant in
            let streams = byTenant[tenant, default: []]
                .map { (key: SortKey($0.2), rows: $0.0) }
                .sorted { $0.key < $1.key }
            return SealPlan(tenant: tenant, parts: parts(of: streams.map(\.rows)))
        }
    }

    /// Streams of one service lie side by side, because their lines look alike and are asked for together.
    struct SortKey: Comparable {
        let service: String
        let labels: LabelSet

        init(_ labels: LabelSet) {
            service =
                labels["service_name"] ?? labels["service"] ?? labels["app"] ?? labels["job"] ?? ""
            self.labels = labels
        }

        static func < (left: SortKey, right: SortKey) -> Bool {
            left.service == right.service ? left.labels < right.labels : left.service < right.service
        }
    }

    private static func parts(of streams: [Generation.StreamRows]) -> [Part] {
        var parts: [Part] = []
        var shared: [Part] = []
        var pack: [(stream: UInt32, run: OpenRun)] = []
        var packBytes = 0
        var packRows = 0
        for stream in streams {
            parts.append(contentsOf: stream.blocks.map(Part.block))
            let run = stream.open
            if run.isEmpty { continue }
            if run.lineBytes >= ownBlockBytesMin || run.count >= ownBlockRowsMin {
                parts.append(.runs([(stream.stream, run)]))
                continue
            }
            if !pack.isEmpty
                && (packBytes + run.lineBytes > OpenRun.lineBytesMax || packRows + run.count > OpenRun.rowsMax)
            {
                shared.append(.runs(pack))
                pack = []
                packBytes = 0
                packRows = 0
            }
            pack.append((stream.stream, run))
            packBytes += run.lineBytes
            packRows += run.count
        }
        if !pack.isEmpty { shared.append(.runs(pack)) }
        return parts + shared
    }
}
