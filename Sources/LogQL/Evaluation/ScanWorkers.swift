import WeirModel

/// One collector per worker of a scan.
///
/// A source calls with worker number `n` from one thread at a time, so each box is only ever touched by one thread, and
/// by the query itself after the scan has returned.
final class ScanWorkers<Collector: BatchCollector & ~Copyable>: @unchecked Sendable {
    private final class Box {
        var collector: Collector
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
                return try self.boxes[worker].collector.take(batch)
            }
        } catch let error as QueryError {
            throw error
        } catch is CancellationError {
            throw .cancelled
        } catch SourceError.unavailable(let reason) {
            throw .unavailable(message: reason)
        } catch {
            throw .failed(message: "\(error)")
        }
    }

    /// Gives every collector to `body`, after the scan.
    func forEach(_ body: (inout Collector) -> Void) {
        for box in boxes { body(&box.collector) }
    }
}

/// What takes the batches of one worker.
protocol BatchCollector: ~Copyable, SendableMetatype {
    /// Takes a batch; it may not be kept.
    mutating func take(_ batch: borrowing LineBatch) throws(QueryError) -> Flow
}
