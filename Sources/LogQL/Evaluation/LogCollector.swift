import Synchronization
import WeirModel

/// One worker's part of a log query: the best entries of the batches it got.
struct LogCollector: BatchCollector, ~Copyable {
    /// The labels of kept entries, by category.
    struct EntryLabelSets: Hashable {
        var stream: LabelSet
        var metadata: LabelSet
        var parsed: LabelSet
    }

    private(set) var heap: EntryHeap
    private(set) var labelSets: [EntryLabelSets] = []
    private(set) var linesMatched = 0

    private var run: PipelineRun
    private let isBackward: Bool
    private let bound: EntryBound
    private var key = EntryKey()
    private var keys = ByteKeyTable()
    private var setOfKey: [Int] = []
    private var setNumbers: [EntryLabelSets: Int] = [:]
    private var sequence = 0

    init(_ plan: SelectionPlan, limit: Int, bound: EntryBound) {
        run = PipelineRun(plan.pipeline)
        isBackward = plan.selection.direction == .backward
        heap = EntryHeap(limit: limit, direction: plan.selection.direction)
        self.bound = bound
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
                guard run.enter(row, of: batch, bytes: bytes) else { continue }
                keep(timestamp)
            }
            return flow()
        }
    }

    private mutating func keep(_ timestamp: Int64) {
        linesMatched += 1
        sequence += 1
        let labels = currentLabels()
        heap.insert(
            EntryHeap.Kept(timestamp: timestamp, sequence: sequence, labels: labels, line: Array(run.entry.line)))
    }

    private mutating func currentLabels() -> Int {
        key.build(run.entry.labels)
        let (index, isNew) = key.bytes.withUnsafeBytes { keys.index(of: $0) }
        guard isNew else { return setOfKey[index] }
        let sets = EntryLabelSets(
            stream: EntryKey.labelSet(run.entry.labels, of: .stream),
            metadata: EntryKey.labelSet(run.entry.labels, of: .metadata),
            parsed: EntryKey.labelSet(run.entry.labels, of: .parsed))
        let number = setNumbers[sets] ?? labelSets.count
        if number == labelSets.count {
            labelSets.append(sets)
            setNumbers[sets] = number
        }
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
