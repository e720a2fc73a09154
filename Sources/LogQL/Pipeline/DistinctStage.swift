import WeirModel

/// `| distinct user`: of the entries with equal values of the labels, the first in the order of the answer. An
/// extension.
///
/// A worker sees only its own batches, and those not in strict order: here it decides whether an entry is the best of
/// its values so far, and ``LogEvaluation`` among the bests of all workers.
final class DistinctStage: Sendable {
    private let names: [LabelName]

    /// Builds the running form.
    init(_ syntax: [String], context: inout StageContext) {
        names = syntax.map { context.names.intern($0) }
    }

    /// Whether the entry stands before all others of its values so far.
    func apply(to entry: inout PipelineEntry) -> Bool {
        entry.distinct.takesFirst(entry.timestamp, of: names, in: entry.labels)
    }
}

/// The values that a worker's `distinct` has seen, and the instant of the first entry of each.
struct DistinctValues {
    /// The order of the answer.
    var isBackward = true
    /// The number of the values of the entry that was looked at last; nil when no `distinct` was reached.
    var current: Int?

    private var values = ByteKeyTable()
    private var firsts: [Int64] = []
    private var key: [UInt8] = []

    /// About how many bytes the values take.
    var heldBytes: Int { values.byteCount + firsts.count * MemoryLayout<Int64>.stride }

    /// Notes the values of an entry; whether it is the first of them so far. An absent label is an empty one.
    mutating func takesFirst(_ timestamp: Int64, of names: [LabelName], in labels: borrowing EntryLabels) -> Bool {
        key.removeAll(keepingCapacity: true)
        for name in names {
            let value = labels.value(of: name)
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: value?.count ?? 0)) { key.append(contentsOf: $0) }
            if let value { key.append(contentsOf: value) }
        }
        let (index, isNew) = key.withUnsafeBytes { values.index(of: $0) }
        if isNew {
            firsts.append(timestamp)
        } else {
            // Of equal instants the one that came first stays.
            guard isBackward ? timestamp > firsts[index] : timestamp < firsts[index] else { return false }
            firsts[index] = timestamp
        }
        current = index
        return true
    }

    /// The bytes of values, the same for every worker.
    func key(at index: Int) -> [UInt8] { values.key(at: index) }
}
