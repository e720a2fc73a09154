internal import LogQL
internal import Logging
internal import WeirModel

/// Logs queries that take long, with what they read and how they were planned.
struct SlowQueryLog: Sendable {
    /// How long is long; zero logs nothing.
    let bound: Duration
    let logger: Logger
    /// The longest text that is planned again for the log.
    let textBytesMax: Int

    func watch(
        _ request: QueryRequest, _ answer: (QueryRequest) async throws(QueryError) -> QueryOutcome
    ) async throws(QueryError) -> QueryOutcome {
        guard bound > .zero else { return try await answer(request) }
        let start = ContinuousClock.now
        do throws(QueryError) {
            let outcome = try await answer(request)
            report(request, since: start, outcome: outcome, error: nil)
            return outcome
        } catch {
            report(request, since: start, outcome: nil, error: error)
            throw error
        }
    }

    private func report(
        _ request: QueryRequest, since start: ContinuousClock.Instant, outcome: QueryOutcome?, error: QueryError?
    ) {
        let taken = ContinuousClock.now - start
        guard taken >= bound else { return }
        var fields: Logger.Metadata = [
            "query": "\(request.text)", "tenant": "\(request.tenant.name)",
            "seconds": "\(Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18)",
        ]
        switch request.time {
        case .instant(let time): fields["time"] = "\(time.nanoseconds)"
        case .range(let start, let end, let step):
            fields["start"] = "\(start.nanoseconds)"
            fields["end"] = "\(end.nanoseconds)"
            fields["step"] = "\(step)"
        }
        if let statistics = outcome?.statistics {
            fields["lines"] = "\(statistics.scan.linesRead)"
            fields["bytes"] = "\(statistics.scan.lineBytesRead)"
            fields["blocks"] = "\(statistics.scan.blocksRead)"
            fields["blocks_skipped"] = "\(statistics.scan.blocksSkipped)"
        }
        if let error { fields["error"] = "\(error)" }
        if let scans = try? QueryEngine.explain(request, textBytesMax: textBytesMax) {
            fields["plan"] = "\(scans.map { $0.lines.joined(separator: "; ") }.joined(separator: " | "))"
        }
        logger.warning("slow query", metadata: fields)
    }
}
