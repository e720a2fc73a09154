import WeirModel

/// One collector per worker of a scan.
///
/// A source calls with worker number `n` from one thread at a time, so each box is only ever touched by one thread, and
/// by the query itself after the scan has returned.
final class ScanWorkers<Collector: BatchCollector & ~Copyable>: @unchecked Sendable {
    private final class Box {
        var collector: Collector
        /// What the collector held when it was last asked.
        var heldBytes = 0
        init(_ collector: consuming Collector) { self.collector = collector }
    }

    private let boxes: [Box]
    private let watch: QueryWatch

    init(count: Int, watch: QueryWatch, _ make: () -> Collector) {
        boxes = (0..<count).map { _ in Box(make()) }
        self.watch = watch
    }

    /// Runs a scan into the collectors and returns how much was read.
    func scan(_ source: any LogSource, _ selection: Selection) async throws(QueryError) -> ScanSummary {
        guard !selection.range.isEmpty else { return ScanSummary() }
        do {
            return try await source.scan(selection, workers: boxes.count) { worker, batch in
                try self.watch.check()
                let box = self.boxes[worker]
                let flow = try box.collector.take(batch)
                let held = box.collector.heldBytes
                try self.watch.memory.change(from: box.heldBytes, to: held)
                box.heldBytes = held
                return flow
            }
        } catch {
            throw QueryError(ofSource: error)
        }
    }

    deinit {
        // Giving back crosses no limit.
        for box in boxes { try? watch.memory.change(from: box.heldBytes, to: 0) }
    }

    /// Gives every collector to `body`, after the scan.
    func forEach(_ body: (inout Collector) -> Void) {
        for box in boxes { body(&box.collector) }
    }
}

/// What takes the batches of one worker.
protocol BatchCollector: ~Copyable, SendableMetatype {
    /// About how many bytes it keeps between batches; asked once per batch.
    var heldBytes: Int { get }

    /// Takes a batch; it may not be kept.
    mutating func take(_ batch: borrowing LineBatch) throws(QueryError) -> Flow
}
