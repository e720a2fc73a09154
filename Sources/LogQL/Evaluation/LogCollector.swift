import Synchronization
import WeirModel

/// One worker's part of a log query: the best entries of the batches it got.
struct LogCollector: BatchCollector, ~Copyable {
    private(set) var heap: EntryHeap
    /// The first entries of the values of a `distinct`; nil for queries without. The heap then stays empty.
    private(set) var firsts: FirstEntries?
    private(set) var linesMatched = 0

    private var run: PipelineRun
    private let isBackward: Bool
    private let bound: EntryBound
    private var key = EntryKey()
    private var keys = ByteKeyTable()
    private var setOfKey: [Int] = []
    /// The bytes of each label set, whatever the order and the numbers of its names. They become text when the answer
    /// is known: most entries of a long scan make way for others.
    private(set) var setKeys = ByteKeyTable()
    private var sequence = 0

    init(_ plan: SelectionPlan, limit: Int, bound: EntryBound) {
        run = PipelineRun(plan.pipeline)
        isBackward = plan.selection.direction == .backward
        heap = EntryHeap(limit: limit, direction: plan.selection.direction)
        self.bound = bound
        if plan.pipeline.isDistinct {
            firsts = FirstEntries()
            run.withEntry { [isBackward] in $0.distinct.isBackward = isBackward }
        }
    }

    /// Entries, their labels, and the values of a `distinct`.
    var heldBytes: Int {
        let labels = setKeys.byteCount + keys.byteCount
        guard let firsts else { return heap.heldBytes + labels }
        return firsts.heldBytes + run.entry.distinct.heldBytes + labels
    }

    /// The entries that were left out because of an error.
    var linesSkipped: Int { run.entry.skippedCount }

    /// The first entries with their values, which all workers write alike.
    var firstsByValue: [(key: [UInt8], first: FirstEntries.First)] {
        guard let firsts else { return [] }
        return firsts.firsts.enumerated().map { (run.entry.distinct.key(at: $0.offset), $0.element) }
    }

    mutating func take(_ batch: borrowing LineBatch) throws(QueryError) -> Flow {
        let batch = copy batch
        return batch.bytes.withUnsafeBytes { bytes in
            if run.begin(batch, bytes: bytes) {
                keys.removeAll()
                setOfKey.removeAll()
            }
            let timestamps = batch.timestamps
            let limit = bound.value
            for index in 0..<run.rows.count {
                let row = run.rows[index]
                let timestamp = timestamps[row]
                // Rows stand in the order of the answer: behind one that comes too late, all do.
                guard isBackward ? timestamp >= limit : timestamp <= limit, heap.accepts(timestamp) else { break }
                if firsts != nil {
                    takeFirst(row, of: batch, bytes: bytes)
                } else if run.enter(row, of: batch, bytes: bytes) {
                    heap.insert(kept(timestamp))
                }
            }
            return flow()
        }
    }

    private mutating func takeFirst(_ row: Int, of batch: LineBatch, bytes: UnsafeRawBufferPointer) {
        run.withEntry { $0.distinct.current = nil }
        let hasPassed = run.enter(row, of: batch, bytes: bytes)
        guard let value = run.entry.distinct.current else { return }
        let timestamp = batch.timestamps[row]
        let first = FirstEntries.First(timestamp: timestamp, entry: hasPassed ? kept(timestamp) : nil)
        firsts?.set(first, at: value)
    }

    private mutating func kept(_ timestamp: Int64) -> EntryHeap.Kept {
        linesMatched += 1
        sequence += 1
        let labels = currentLabels()
        return EntryHeap.Kept(timestamp: timestamp, sequence: sequence, labels: labels, line: Array(run.entry.line))
    }

    private mutating func currentLabels() -> Int {
        key.build(run.entry.labels)
        let (index, isNew) = key.bytes.withUnsafeBytes { keys.index(of: $0) }
        guard isNew else { return setOfKey[index] }
        let items = EntryKey.sortedItems(run.entry.labels)
        key.build(sorted: items, run.entry.labels)
        let (number, _) = key.bytes.withUnsafeBytes { setKeys.index(of: $0) }
        setOfKey.append(number)
        return number
    }

    private func flow() -> Flow {
        guard heap.isFull else { return .proceed }
        guard !heap.kept.isEmpty else { return .stop }
        bound.tighten(to: heap.worst)
        let bound = Timestamp(nanoseconds: self.bound.value)
        // An entry at the bound itself can only tie with one that is kept.
        return isBackward
            ? .narrow(TimeRange(start: bound.advanced(byNanoseconds: 1), end: .max))
            : .narrow(TimeRange(start: .min, end: bound))
    }
}

/// The instant that an entry has to beat, shared by all workers: the best of the worst entries of full heaps.
final class EntryBound: Sendable {
    private let nanoseconds: Atomic<Int64>
    private let isBackward: Bool

    init(direction: Selection.Direction) {
        isBackward = direction == .backward
        nanoseconds = Atomic(isBackward ? .min : .max)
    }

    /// The bound now.
    var value: Int64 { nanoseconds.load(ordering: .relaxed) }

    /// Moves the bound to `candidate` if that rules out more.
    func tighten(to candidate: Int64) {
        if isBackward {
            nanoseconds.max(candidate, ordering: .relaxed)
        } else {
            nanoseconds.min(candidate, ordering: .relaxed)
        }
    }
}
