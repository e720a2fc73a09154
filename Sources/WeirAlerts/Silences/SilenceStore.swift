public import WeirModel

/// All silences that are not forgotten yet, and the rules by which they change.
public struct SilenceStore: Sendable {
    private var byID: [String: Silence] = [:]

    /// How long a silence is kept after its end: 120 hours, as in Alertmanager.
    public static let retention = Duration.seconds(120 * 3600)

    /// Creates a store, from what was kept before.
    public init(_ silences: some Sequence<Silence> = []) {
        for silence in silences { byID[silence.id] = silence }
    }

    /// All silences, in no order.
    public var all: some Collection<Silence> { byID.values }

    /// The silence with an id.
    public subscript(id: String) -> Silence? { byID[id] }

    /// Creates a silence or changes one.
    ///
    /// One that is changed keeps its id as long as the past stays as it was: the same matchers, the same start if that has
    /// passed, an end that has not. Otherwise the old one is ended and a new one takes its place.
    ///
    /// - Parameter newID: the id of a new silence.
    /// - Returns: every silence that has changed; the last one is the one that was set.
    /// - Throws: ``SilenceError``; nothing has changed then.
    public mutating func set(
        _ wanted: Silence, at now: Timestamp, newID: String
    ) throws(SilenceError) -> [Silence] {
        var silence = wanted
        guard silence.startsAt < silence.endsAt else { throw .endsBeforeStart }
        guard silence.endsAt > now else { throw .endsInThePast }
        try SilenceStore.check(silence)
        silence.updatedAt = now
        var changed: [Silence] = []
        if !silence.id.isEmpty {
            guard let old = byID[silence.id] else { throw .notFound(id: silence.id) }
            if SilenceStore.isSamePast(old, silence, at: now) {
                // Compared to the second; the start itself stays as it was.
                if old.state(at: now) == .active { silence.startsAt = old.startsAt }
                byID[silence.id] = silence
                return [silence]
            }
            if let ended = end(old.id, at: now) { changed.append(ended) }
        }
        silence.id = newID
        silence.startsAt = max(silence.startsAt, now)
        byID[newID] = silence
        return changed + [silence]
    }

    /// Ends a silence; one that has not begun ends where it starts.
    ///
    /// - Returns: the silence as it is now; nil when it was over already.
    /// - Throws: ``SilenceError/notFound(id:)``.
    public mutating func expire(_ id: String, at now: Timestamp) throws(SilenceError) -> Silence? {
        guard byID[id] != nil else { throw .notFound(id: id) }
        return end(id, at: now)
    }

    private mutating func end(_ id: String, at now: Timestamp) -> Silence? {
        guard var silence = byID[id] else { return nil }
        switch silence.state(at: now) {
        case .expired: return nil
        case .active: silence.endsAt = now
        case .pending: (silence.startsAt, silence.endsAt) = (now, now)
        }
        silence.updatedAt = now
        byID[id] = silence
        return silence
    }

    /// The ids of the silences that an alert is under, sorted.
    public func silencing(_ labels: LabelSet, at now: Timestamp) -> [String] {
        byID.values.filter { $0.state(at: now) == .active && $0.concerns(labels) }.map(\.id).sorted()
    }

    /// Forgets silences whose retention is over, and returns their ids.
    public mutating func forget(at now: Timestamp) -> [String] {
        let horizon = now.advanced(byNanoseconds: -SilenceStore.retention.nanoseconds)
        let old = byID.values.filter { $0.endsAt < horizon }.map(\.id)
        for id in old { byID[id] = nil }
        return old
    }

    private static func check(_ silence: Silence) throws(SilenceError) {
        guard !silence.matchers.isEmpty else { throw .invalid("at least one matcher required") }
        guard silence.matchers.contains(where: { !$0.acceptsEmpty }) else {
            throw .invalid("at least one matcher must not match the empty string")
        }
    }

    private static func isSamePast(_ old: Silence, _ new: Silence, at now: Timestamp) -> Bool {
        guard old.matchers == new.matchers else { return false }
        switch old.state(at: now) {
        case .expired: return false
        case .pending: return new.startsAt >= now
        case .active:
            let second = Timestamp.nanosecondsPerSecond
            return old.startsAt.nanoseconds / second == new.startsAt.nanoseconds / second
        }
    }
}
