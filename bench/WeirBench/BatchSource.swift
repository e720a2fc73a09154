import WeirModel

/// A source that hands out the same batches each time, so that only the reader costs anything. It takes every selection
/// for one that wants everything.
struct BatchSource: LogSource {
    private let batches: [LineBatch]

    /// Creates a source of batches whose rows rise in time.
    init(_ batches: [LineBatch]) {
        self.batches = batches
    }

    func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary {
        for batch in batches {
            if case .stop = try visit(0, batch) { break }
        }
        return ScanSummary()
    }

    func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] { [] }

    func labelValues(
        of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange
    ) async throws -> [String] { [] }

    func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet] { [] }

    func volumes(tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]) async throws -> [[StreamVolume]] {
        ranges.map { _ in [] }
    }
}
