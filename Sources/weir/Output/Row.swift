internal import WeirModel

/// One printed row: a line of a log, or the value of a metric.
struct Row: Hashable {
    /// Nanoseconds since 1970 UTC.
    let nanoseconds: Int64
    let labels: LabelSet
    /// Structured metadata, where the server was asked to keep it apart from the labels.
    var metadata = LabelSet.empty
    /// The line, or the number as the server wrote it.
    let text: String
}

extension QueryAnswer.Result {
    /// All rows in order of time; those of equal time in the order of the answer.
    func rows(forward: Bool) -> [Row] {
        var rows: [Row] = []
        switch self {
        case .streams(let streams):
            for stream in streams {
                let labels = LabelSet(stream.stream.map { Label($0.key, $0.value) })
                rows += stream.values.map { entry in
                    let metadata = LabelSet(entry.metadata.map { Label($0.key, $0.value) })
                    return Row(nanoseconds: entry.nanoseconds, labels: labels, metadata: metadata, text: entry.line)
                }
            }
        case .matrix(let series):
            for series in series { rows += series.values.map { Self.row(series.metric, $0) } }
        case .vector(let samples):
            rows = samples.map { Self.row($0.metric, $0.value) }
        case .scalar(let point):
            rows = [Self.row([:], point)]
        }
        rows.sort { forward ? $0.nanoseconds < $1.nanoseconds : $0.nanoseconds > $1.nanoseconds }
        return rows
    }

    private static func row(_ metric: [String: String], _ point: QueryAnswer.Point) -> Row {
        let labels = LabelSet(metric.map { Label($0.key, $0.value) })
        // Instants of samples are whole milliseconds, which seconds as a `Double` only come near.
        let milliseconds = Int64((point.seconds * 1000).rounded())
        return Row(nanoseconds: milliseconds * 1_000_000, labels: labels, text: point.value)
    }
}
