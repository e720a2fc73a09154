internal import WeirModel

/// What no answer may have at some instant: lines past their time and lines to be deleted.
struct HiddenRows: Sendable {
    var retention = RetentionConfiguration()
    var deletes: [ActiveDelete] = []
    /// Nanoseconds since 1970 UTC.
    var now: Int64 = 0

    /// What is hidden of one tenant's day.
    struct OfDay: Sendable {
        /// Of everything.
        fileprivate var expired: [RowMask] = []
        /// Of segments that each request is about.
        fileprivate var deleted: [(request: ActiveDelete, mask: RowMask)] = []

        /// What is hidden of a segment; of rows in memory when it is nil, which no request to delete is ever about.
        func masks(for row: SegmentRow?) -> [RowMask] {
            guard let row else { return expired }
            return expired + deleted.filter { $0.request.concerns(row) }.map(\.mask)
        }

        /// Without what is past its time.
        func masksOfDeletes(for row: SegmentRow) -> [RowMask] {
            deleted.filter { $0.request.concerns(row) }.map(\.mask)
        }
    }

    /// Whether anything of a day may be hidden; needs no streams.
    func mayHide(ofDay number: Int) -> Bool {
        let (start, overflow) = Int64(number).multipliedReportingOverflow(by: 86_400_000_000_000)
        let end = start.addingReportingOverflow(86_400_000_000_000 - 1)
        if overflow || end.overflow { return true }
        let latest =
            ([retention.period] + retention.rules.map(\.period))
            .map { RetentionConfiguration.horizon($0, now: now) }.max() ?? .min
        return latest > start || deletes.contains { $0.request.range.overlaps(start, end.partialValue) }
    }

    /// Finds the streams of a day, which must be loaded. Costs nothing where nothing is hidden.
    func masks(of day: Day, tenant: Tenant) -> OfDay {
        var hidden = OfDay()
        let (start, overflow) = Int64(day.number).multipliedReportingOverflow(by: 86_400_000_000_000)
        let end = start.addingReportingOverflow(86_400_000_000_000 - 1)
        let instants = overflow || end.overflow ? Int64.min...Int64.max : start...end.partialValue
        if retention.hasPeriods { hidden.expired = expired(day, tenant: tenant, instants) }
        for delete in deletes where delete.request.tenant.name == tenant.name {
            let range = delete.request.range
            guard range.overlaps(instants.lowerBound, instants.upperBound), !range.isEmpty else { continue }
            let streams = day.withIndex { $0.streams(tenant: tenant, matchers: delete.request.matchers) }
            if streams.isEmpty { continue }
            let last = range.end.nanoseconds == .max ? Int64.max : range.end.nanoseconds - 1
            hidden.deleted.append(
                (
                    delete,
                    RowMask(
                        streams: streams, instants: range.start.nanoseconds...last, hidesLine: delete.predicate)
                ))
        }
        return hidden
    }

    private func expired(_ day: Day, tenant: Tenant, _ instants: ClosedRange<Int64>) -> [RowMask] {
        let rules = retention.rules(for: tenant)
        let periods = rules.map(\.period) + [retention.period]
        let horizons = periods.map { RetentionConfiguration.horizon($0, now: now) }
        guard horizons.contains(where: { $0 > instants.lowerBound }) else { return [] }
        var rest = day.withIndex { $0.streams(tenant: tenant, matchers: []) }
        var masks: [RowMask] = []
        for (number, horizon) in horizons.enumerated() {
            var streams = rest
            if number < rules.count {
                streams.formIntersection(day.withIndex { $0.streams(tenant: tenant, matchers: rules[number].matchers) })
            }
            streams.forEach { rest.remove($0) }
            if horizon > instants.lowerBound, !streams.isEmpty {
                masks.append(RowMask(streams: streams, instants: Int64.min...(horizon - 1), hidesLine: nil))
            }
        }
        return masks
    }
}
