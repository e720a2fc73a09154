public import WeirModel

/// How long lines are kept, and how much of the disk they may take.
///
/// Lines past their time are in no answer from that instant on. Their bytes go with the day's folder, or, where lines
/// of one day are kept for different times, when a merge rewrites the segments.
public struct RetentionConfiguration: Sendable {
    /// How long the lines of some streams are kept.
    public struct Rule: Sendable {
        /// Whose streams; nil means everybody's.
        public var tenant: Tenant?
        /// Which streams; none means all.
        public var matchers: [Matcher]
        /// How long; nil means for ever.
        public var period: Duration?
        /// Of the rules that fit a stream the one with the highest priority counts, then one for the tenant alone, then
        /// the first.
        public var priority: Int

        /// Creates a rule.
        public init(tenant: Tenant? = nil, matchers: [Matcher] = [], period: Duration?, priority: Int = 0) {
            self.tenant = tenant
            self.matchers = matchers
            self.period = period
            self.priority = priority
        }
    }

    /// How long lines are kept that no rule is about; nil means for ever.
    public var period: Duration?
    /// What holds for some streams.
    public var rules: [Rule] = []
    /// The most bytes that segments may take: beyond it whole days go, the oldest first, never today's. Nil means no
    /// limit.
    public var bytesMax: Int?

    /// Creates a configuration that keeps everything.
    public init() {}

    /// Whether anything ever gets too old.
    var hasPeriods: Bool { period != nil || rules.contains { $0.period != nil } }

    /// The first instant that is kept with a period, nanoseconds since 1970 UTC.
    static func horizon(_ period: Duration?, now: Int64) -> Int64 {
        guard let period else { return .min }
        let (horizon, overflow) = now.subtractingReportingOverflow(period.nanoseconds)
        return overflow ? .min : horizon
    }

    /// The first instant of which any line may still be kept.
    package func earliestHorizon(now: Int64) -> Int64 {
        rules.reduce(RetentionConfiguration.horizon(period, now: now)) { earliest, rule in
            min(earliest, RetentionConfiguration.horizon(rule.period, now: now))
        }
    }

    /// The rules for a tenant, those that count first in front.
    func rules(for tenant: Tenant) -> [Rule] {
        rules.enumerated()
            .filter { $0.element.tenant.map { $0.name == tenant.name } ?? true }
            .sorted { left, right in
                let (a, b) = (left.element, right.element)
                if a.priority != b.priority { return a.priority > b.priority }
                if (a.tenant != nil) != (b.tenant != nil) { return a.tenant != nil }
                return left.offset < right.offset
            }
            .map(\.element)
    }

    /// The days to remove, oldest first: those past their time, then as many as are too much for the disk.
    ///
    /// - Parameter days: all days with the bytes that their segments take.
    package func daysToDrop(of days: [(number: Int, bytes: Int)], now: Int64) -> [Int] {
        let horizon = earliestHorizon(now: now)
        let today = Timestamp(nanoseconds: now).utcDay
        var dropped: [Int] = []
        var bytes = days.reduce(0) { $0 + $1.bytes }
        for day in days.sorted(by: { $0.number < $1.number }) where day.number < today {
            let (end, overflow) = Int64(day.number + 1).multipliedReportingOverflow(by: 86_400_000_000_000)
            let isExpired = !overflow && end <= horizon
            guard isExpired || bytes > bytesMax ?? .max else { continue }
            dropped.append(day.number)
            bytes -= day.bytes
        }
        return dropped
    }
}
