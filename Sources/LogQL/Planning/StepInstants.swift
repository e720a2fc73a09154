import WeirModel

/// The instants at which a metric query is evaluated: `first`, `first + step`, … `count` of them.
struct StepInstants: Sendable, Hashable {
    /// The first instant.
    let first: Timestamp
    /// Nanoseconds from one to the next; 1 or more, meaningless when there is only one.
    let stepNanoseconds: Int64
    /// How many there are; 1 or more.
    let count: Int

    /// The instants of a request; nil when there are more than `countMax`, or the step is not positive.
    init?(_ time: QueryRequest.Time, countMax: Int) {
        switch time {
        case .instant(let instant):
            first = instant
            stepNanoseconds = 1
            count = 1
        case .range(let start, let end, let step):
            guard step > 0, start <= end else { return nil }
            let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
            guard !overflow, length / step < Int64(countMax) + 1 else { return nil }
            first = start
            stepNanoseconds = step
            count = Int(length / step) + 1
        }
    }

    /// The last instant.
    var last: Timestamp { self[count - 1] }

    /// The instant at a position.
    subscript(index: Int) -> Timestamp {
        Timestamp(nanoseconds: first.nanoseconds &+ Int64(index) &* stepNanoseconds)
    }
}
