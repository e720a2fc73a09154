internal import WeirModel

/// Which streams of a tenant were pushed to lately: those of the last hour or two. Pure: instants come in.
///
/// Holds no more than its limit, because it is kept only where there is one.
struct StreamCensus: Sendable {
    private var current: [UInt64: LabelSet] = [:]
    private var previous: [UInt64: LabelSet] = [:]
    private var turned: Int64

    /// A stream is forgotten when it was silent for one to two of these; Loki's `max_chunk_age`.
    private static let ageNanoseconds: Int64 = 3600 * 1_000_000_000

    init(now: Int64) {
        turned = now
    }

    /// Lets a stream in if it is known or there is room.
    ///
    /// - Returns: whether it may be pushed to.
    mutating func admit(_ labels: LabelSet, limit: Int, now: Int64) -> Bool {
        if now - turned >= Self.ageNanoseconds {
            previous = current
            current = [:]
            turned = now
        }
        let fingerprint = labels.fingerprint
        if current[fingerprint] != nil { return true }
        let isKnown = previous.removeValue(forKey: fingerprint) != nil
        guard isKnown || current.count + previous.count < limit else { return false }
        current[fingerprint] = labels
        return true
    }

    /// The label with the most values among the streams: what makes them so many.
    var widestLabel: (name: String, values: Int)? {
        var values: [String: Set<String>] = [:]
        for labels in [current, previous].joined() {
            for label in labels.value.labels { values[label.name, default: []].insert(label.value) }
        }
        return values.map { (name: $0.key, values: $0.value.count) }.max {
            ($0.values, $1.name) < ($1.values, $0.name)
        }
    }
}
