internal import Synchronization
internal import WeirModel

/// Which pushes of each sender were taken: a push that comes again is known by its number and kept once.
///
/// A number becomes durable with the WAL record of its rows; before the WAL is released it goes to `weir.db`. Senders
/// that were not heard of for long are forgotten.
final class SenderLedger: Sendable {
    /// A sender of a tenant. The number that another tenant sees somewhere is of no use to it.
    struct Key: Hashable, Sendable {
        var tenant: Tenant
        var sender: UInt128
    }

    /// What is known of one sender.
    struct Row: Sendable {
        var key: Key
        /// The highest number that was taken.
        var sequence: UInt64
        /// When, in nanoseconds since 1970 UTC.
        var seen: Int64
    }

    private struct Entry {
        var sequence: UInt64
        var seen: Int64
        var isSaved: Bool
    }

    private struct State {
        var entries: [Key: Entry]
        var busy: Set<Key> = []
    }

    /// A sender that was away for longer than this may be told twice what it sent before. Its own spool is younger.
    static let ageMax: Int64 = 90 * 86_400 * 1_000_000_000
    /// What is kept at most, about 100 bytes each; the first to go are those not heard of for longest.
    private static let entriesMax = 100_000

    private let state: Mutex<State>

    init(_ rows: [Row] = []) {
        var entries: [Key: Entry] = [:]
        for row in rows { entries[row.key] = Entry(sequence: row.sequence, seen: row.seen, isSaved: true) }
        state = Mutex(State(entries: entries))
    }

    /// Lets a push in that was not taken yet; ``end(_:)`` must follow.
    ///
    /// - Throws: `.repeated` when it was taken, `.overloaded` while another push of the sender is being taken: it may be
    ///   this very one.
    func begin(_ origin: PushOrigin, tenant: Tenant) throws(AppendError) {
        let key = Key(tenant: tenant, sender: origin.sender)
        try state.withLock { (state) throws(AppendError) in
            if let entry = state.entries[key], origin.sequence <= entry.sequence { throw .repeated }
            guard state.busy.insert(key).inserted else {
                throw .overloaded(reason: "another push of the same sender is being stored; send again later")
            }
        }
    }

    /// Records that a push's rows are durable.
    func commit(_ origin: PushOrigin, tenant: Tenant, now: Int64) {
        let key = Key(tenant: tenant, sender: origin.sender)
        state.withLock { state in
            guard origin.sequence > state.entries[key]?.sequence ?? 0 else { return }
            state.entries[key] = Entry(sequence: origin.sequence, seen: now, isSaved: false)
            if state.entries.count > SenderLedger.entriesMax { SenderLedger.forgetOldest(&state.entries) }
        }
    }

    /// Ends what ``begin(_:tenant:)`` began, whether the rows were stored or not.
    func end(_ origin: PushOrigin, tenant: Tenant) {
        _ = state.withLock { $0.busy.remove(Key(tenant: tenant, sender: origin.sender)) }
    }

    /// What changed since it was last saved.
    func unsaved() -> [Row] {
        state.withLock { state in
            state.entries.compactMap { key, entry in
                entry.isSaved ? nil : Row(key: key, sequence: entry.sequence, seen: entry.seen)
            }
        }
    }

    /// Records that rows are saved.
    func noteSaved(_ rows: [Row]) {
        state.withLock { state in
            for row in rows where state.entries[row.key]?.sequence == row.sequence {
                state.entries[row.key]?.isSaved = true
            }
        }
    }

    private static func forgetOldest(_ entries: inout [Key: Entry]) {
        let oldest = entries.sorted { $0.value.seen < $1.value.seen }.prefix(entriesMax / 10)
        for (key, _) in oldest { entries[key] = nil }
    }
}
