internal import Synchronization
internal import WeirModel

/// A scan under way: workers take steps of the plan in order until none is left or nobody wants more.
final class BlockScan: Sendable {
    let plan: ScanPlan
    let selection: Selection
    private let visit: @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    private let onDamage: @Sendable (CorruptionError) -> Void
    private let nextStep = Atomic(0)
    /// What is still wanted; empty when nothing is.
    private let range: Mutex<TimeRange>

    init(
        plan: ScanPlan, selection: Selection, onDamage: @escaping @Sendable (CorruptionError) -> Void,
        visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) {
        self.plan = plan
        self.selection = selection
        self.visit = visit
        self.onDamage = onDamage
        range = Mutex(selection.range)
    }

    /// Takes steps until there are no more; runs on a thread that may block.
    ///
    /// - Throws: what the visitor throws, `CancellationError`, or `FileError`.
    func work(as worker: Int) throws -> ScanSummary {
        var reader = StepReader(selection: selection, onDamage: onDamage)
        var summary = ScanSummary()
        while true {
            let index = nextStep.add(1, ordering: .relaxed).oldValue
            guard index < plan.steps.count else { return summary }
            try Task.checkCancellation()
            let range = range.withLock { $0 }
            if range.isEmpty { return summary }
            let step = plan.steps[index]
            guard range.overlaps(step.source.minTimestamp, step.source.maxTimestamp) else {
                summary.blocksSkipped += 1
                continue
            }
            guard try reader.read(step, day: plan.days[step.day], wanted: plan.wanted[step.day], range: range) else {
                summary.blocksSkipped += 1
                continue
            }
            summary.blocksRead += 1
            summary.linesRead += reader.batch.count
            summary.lineBytesRead += reader.batch.lineBytes
            if reader.batch.isEmpty { continue }
            switch try visit(worker, reader.batch) {
            case .proceed: break
            case .narrow(let wanted): self.range.withLock { $0 = $0.intersection(wanted) }
            case .stop: self.range.withLock { $0.end = $0.start }
            }
        }
    }
}
