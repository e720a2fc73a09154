internal import LogQL
internal import WeirModel

/// Samples of metric queries over time that can be shown again: those of instants so long past that nothing is expected
/// to change them. What does change them all the same is told by ``forget(_:from:)``. Pure.
struct ResultCache: Sendable {
    /// What makes two range queries show the same sample at the same instant.
    struct Key: Hashable, Sendable {
        let tenant: Tenant
        let text: String
        let dialect: Dialect
        let step: Int64
        /// Where the instants stand between the multiples of the step.
        let phase: Int64

        /// The key of a request; nil when its samples must not be kept.
        init?(_ request: QueryRequest) {
            // A negative offset looks ahead, `now` changes, and left out errors are counted anew each time.
            guard case .range(let start, _, let step) = request.time, step > 0, !request.skipsErrors,
                !request.text.contains("now"), !request.text.contains("offset -"), !request.text.contains("offset  -")
            else { return nil }
            tenant = request.tenant
            text = request.text
            dialect = request.dialect
            self.step = step
            phase = start.nanoseconds % step
        }
    }

    /// What is known of a request: its samples up to an instant.
    struct Hit: Sendable {
        var series: [Series]
        /// The first instant that is not known; after the request's end when all are.
        var rest: Int64
    }

    private struct Extent {
        /// The first and the last instant that are known.
        var first: Int64
        var last: Int64
        var samples: [LabelSet: [Sample]]
        var bytes: Int
        var used: UInt64
    }

    private let bytesMax: Int
    private var extents: [Key: Extent] = [:]
    private var clock: UInt64 = 0
    /// Bytes that are kept, estimated.
    private(set) var bytes = 0

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// The samples from `start` on, as far as they are known; nil when even the first is not.
    mutating func find(_ key: Key, start: Int64, end: Int64) -> Hit? {
        guard let extent = extents[key], extent.first <= start, start <= extent.last else { return nil }
        clock += 1
        extents[key]?.used = clock
        let last = min(extent.last, end)
        let series = extent.samples.compactMap { labels, samples -> Series? in
            let wanted = samples.filter { $0.timestamp.nanoseconds >= start && $0.timestamp.nanoseconds <= last }
            return wanted.isEmpty ? nil : Series(labels: labels, samples: wanted)
        }
        return Hit(series: series, rest: last + key.step)
    }

    /// Keeps the samples of instants from `start` up to `until`.
    mutating func keep(_ series: [Series], _ key: Key, start: Int64, end: Int64, until: Int64) {
        let bound = min(end, until)
        guard bound >= start else { return }
        let last = bound - (bound - start) % key.step
        var extent = Extent(first: start, last: last, samples: [:], bytes: 256 + key.text.utf8.count, used: 0)
        if let known = extents.removeValue(forKey: key) {
            bytes -= known.bytes
            if known.first <= start, start <= known.last + key.step, known.last <= last {
                extent.first = known.first
                extent.samples = known.samples.mapValues { $0.filter { $0.timestamp.nanoseconds < start } }
            }
        }
        for series in series {
            extent.samples[series.labels, default: []] += series.samples.filter { $0.timestamp.nanoseconds <= last }
        }
        extent.samples = extent.samples.filter { !$0.value.isEmpty }
        for (labels, samples) in extent.samples { extent.bytes += labels.count * 64 + samples.count * 16 + 64 }
        clock += 1
        extent.used = clock
        guard extent.bytes <= bytesMax / 4 else { return }
        bytes += extent.bytes
        extents[key] = extent
        while bytes > bytesMax, let oldest = extents.min(by: { $0.value.used < $1.value.used }) {
            extents[oldest.key] = nil
            bytes -= oldest.value.bytes
        }
    }

    /// Forgets what entries from `instant` on may have changed; nil stands for all tenants.
    mutating func forget(_ tenant: Tenant?, from instant: Int64) {
        for (key, extent) in extents where extent.last >= instant {
            guard tenant == nil || key.tenant == tenant || key.tenant.name.contains("|") else { continue }
            extents[key] = nil
            bytes -= extent.bytes
        }
    }
}
