internal import WeirBytes
internal import WeirModel

/// Decides what one tail is sent and when: history first, then new entries after their delay, in frames of limited size.
/// A tail that reads too slowly loses entries and is told which. Pure: instants come in, frames go out.
struct TailSession: Sendable {
    /// The most entries that wait; Loki keeps ten frames.
    static let entriesMax = 1000
    /// The most bytes that wait; entries are shared by all tails of a query, so most tails cost less.
    static let bytesMax = 8 << 20
    /// The most entries of a frame.
    static let frameEntriesMax = 100
    /// The size at which a frame is closed.
    static let frameBytesMax = 1 << 20
    /// The most lost entries that are told one by one.
    static let droppedMax = 1000
    /// How long after the history an entry of it may still arrive as a new one.
    static let overlapNanoseconds: Int64 = 30 * 1_000_000_000

    private let delayNanoseconds: Int64
    private let flags: [String]
    private var isWaitingForHistory = true
    /// Entries of the history, until nothing of it can come again.
    private var shown: Set<TailEntry.Identity> = []
    private var shownUntil: Int64 = .min
    /// New entries in order of arrival with the instant at which they may go.
    private var held: [(due: Int64, entry: TailEntry)] = []
    private var ready: [TailEntry] = []
    private var readyStart = 0
    private var bytes = 0
    private var dropped: [(labels: LabelSet, timestamp: Int64)] = []
    /// Entries that were lost so far.
    private(set) var droppedCount = 0

    /// - Parameters:
    ///   - delayNanoseconds: how long new entries are held, so that late ones can be put in order.
    ///   - flags: echoed in every frame, as queries echo them.
    init(delayNanoseconds: Int64, flags: [String] = []) {
        self.delayNanoseconds = delayNanoseconds
        self.flags = flags
    }

    private var waitingCount: Int { held.count + ready.count - readyStart }

    /// Takes the history, oldest entry first. Nothing is sent before it came, even if it is empty.
    mutating func begin(history: [TailEntry], now: Int64) {
        isWaitingForHistory = false
        shown = Set(history.map(\.identity))
        shownUntil = now + TailSession.overlapNanoseconds
        // The history is what was asked for, so it is sent whole.
        for entry in history { push(entry) }
        for (_, entry) in held where shown.contains(entry.identity) { bytes -= entry.json.count }
        held.removeAll { shown.contains($0.entry.identity) }
    }

    /// Takes new entries in order of arrival.
    mutating func offer(_ entries: [TailEntry], now: Int64) {
        if now > shownUntil { shown.removeAll() }
        for entry in entries where !shown.contains(entry.identity) {
            guard waitingCount < TailSession.entriesMax, bytes < TailSession.bytesMax else {
                drop(entry.labels, entry.timestamp)
                continue
            }
            held.append((now + delayNanoseconds, entry))
            bytes += entry.json.count
        }
    }

    /// Takes note of an entry that was lost before it came here.
    mutating func drop(_ labels: LabelSet, _ timestamp: Int64) {
        droppedCount += 1
        if dropped.count < TailSession.droppedMax { dropped.append((labels, timestamp)) }
    }

    /// The next frame's text; nil when nothing is due.
    mutating func nextFrame(now: Int64) -> [UInt8]? {
        guard !isWaitingForHistory else { return nil }
        release(now)
        guard readyStart < ready.count || !dropped.isEmpty else { return nil }
        var json = JSONWriter(reservingCapacity: 4096)
        json.raw(#"{"streams":["#)
        var count = 0
        while readyStart < ready.count, count < TailSession.frameEntriesMax,
            json.bytes.count < TailSession.frameBytesMax
        {
            if count > 0 { json.raw(",") }
            json.bytes.append(contentsOf: ready[readyStart].json)
            bytes -= ready[readyStart].json.count
            readyStart += 1
            count += 1
        }
        json.raw("]")
        if readyStart == ready.count {
            ready.removeAll(keepingCapacity: true)
            readyStart = 0
        }
        appendDropped(to: &json)
        if !flags.isEmpty {
            json.raw(#","encodingFlags":"#)
            json.texts(flags)
        }
        json.raw("}")
        return json.bytes
    }

    /// Moves entries whose delay is over to those that can be sent, in order of time.
    private mutating func release(_ now: Int64) {
        let count = held.prefix { $0.due <= now }.count
        guard count > 0 else { return }
        var released = held.prefix(count).map(\.entry)
        held.removeFirst(count)
        if delayNanoseconds > 0 { released.sort { $0.timestamp < $1.timestamp } }
        ready.append(contentsOf: released)
    }

    private mutating func push(_ entry: TailEntry) {
        ready.append(entry)
        bytes += entry.json.count
    }

    private mutating func appendDropped(to json: inout JSONWriter) {
        guard !dropped.isEmpty else { return }
        json.raw(#","dropped_entries":"#)
        json.list(dropped) { json, entry in
            json.raw(#"{"labels":"#)
            json.labels(entry.labels)
            json.raw(#","timestamp":"#)
            json.quotedNumber(entry.timestamp)
            json.raw("}")
        }
        dropped.removeAll()
    }
}
