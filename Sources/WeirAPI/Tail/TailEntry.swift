internal import LogQL
internal import WeirBytes
internal import WeirModel

/// An entry on its way to tails, in its final form: all tails of one query share it.
struct TailEntry: Sendable {
    /// What makes an entry the same whether it comes from the store or from the push that stored it.
    struct Identity: Hashable, Sendable {
        let timestamp: Int64
        let stream: UInt64
        let line: UInt64
    }

    /// Nanoseconds since 1970 UTC.
    let timestamp: Int64
    /// The labels under which it is shown.
    let labels: LabelSet
    /// `{"stream":{…},"values":[["<ns>","<line>"]]}`
    let json: [UInt8]
    /// See ``Identity``.
    let identity: Identity

    /// Renders an entry.
    ///
    /// - Parameters:
    ///   - labels: the labels under which it is shown.
    ///   - categorizes: whether the entry carries structured metadata and parsed labels apart from the stream's.
    init(_ entry: ResultEntry, of stream: ResultStream, labels: LabelSet, categorizes: Bool) {
        timestamp = entry.timestamp.nanoseconds
        self.labels = labels
        let line = entry.line.withUnsafeBytes { ByteHash.hash($0) }
        identity = Identity(timestamp: timestamp, stream: stream.streamLabels.fingerprint, line: line)
        var json = JSONWriter(reservingCapacity: entry.line.count + 256)
        json.raw(#"{"stream":"#)
        json.labels(labels)
        json.raw(#","values":[["#)
        json.quotedNumber(timestamp)
        json.raw(",")
        json.string(entry.line)
        if categorizes {
            json.raw(",")
            CategorizedStreams.appendCategories(stream, to: &json)
        }
        json.raw("]]}")
        self.json = json.bytes
    }
}
