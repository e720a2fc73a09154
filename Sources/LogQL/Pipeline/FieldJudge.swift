import WeirModel

/// Runs label filters over rows whose lines are not there yet.
struct FieldJudge: ~Copyable {
    private let plan: FieldPlan
    private var run: PipelineRun
    private var tuples = FieldTuples()

    private static let unknown: UInt32 = 0
    private static let isWanted: UInt32 = 1
    private static let isUnwanted: UInt32 = 2

    init(_ plan: FieldPlan) {
        self.plan = plan
        run = PipelineRun(plan.pipeline)
    }

    /// The rows that pass the filters, or have to be parsed to know; nil when all do.
    consuming func wantedRows(of batch: borrowing LineBatch) -> [UInt32]? {
        let batch = copy batch
        guard tuples.begin(batch, usesMetadata: true) else { return nil }
        let unread = batch.fields[0].codes
        var wanted: [UInt32] = []
        wanted.reserveCapacity(batch.count)
        batch.bytes.withUnsafeBytes { bytes in
            _ = run.begin(batch, bytes: bytes)
            for row in 0..<batch.count {
                if unread[row] == FieldColumn.unread {
                    wanted.append(UInt32(row))
                    continue
                }
                let slot = tuples.slot(of: row)
                if tuples[slot] == FieldJudge.unknown {
                    let passes = run.enter(row, of: batch, bytes: bytes, fields: plan)
                    tuples[slot] = passes ? FieldJudge.isWanted : FieldJudge.isUnwanted
                }
                if tuples[slot] == FieldJudge.isWanted { wanted.append(UInt32(row)) }
            }
        }
        return wanted.count == batch.count ? nil : wanted
    }
}
