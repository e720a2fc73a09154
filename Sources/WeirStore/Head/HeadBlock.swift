internal import Synchronization

/// A full run of one stream in memory: rows until somebody has had the time to compress them, then blocks.
///
/// It takes no more rows. Compressing replaces what it holds by the same entries in a seventh of the space, so a reader
/// may look at any time and finds one or the other.
final class HeadBlock: Sendable {
    let stream: UInt32
    let minTimestamp: Int64
    let maxTimestamp: Int64
    let rowCount: Int
    let lineBytes: Int
    private let state: Mutex<Contents>
    /// The names of structured metadata, once somebody asked; nil inside when there are too many.
    private let names = Mutex<Set<String>??>(nil)

    /// What a block holds.
    enum Contents: Sendable {
        /// Rows in order of arrival.
        case run(OpenRun)
        /// The same rows in order of time, without repeated ones; nil when an earlier block had all of them.
        case encoded(EncodedBlock?)
    }

    init(stream: UInt32, run: OpenRun) {
        self.stream = stream
        minTimestamp = run.minTimestamp
        maxTimestamp = run.maxTimestamp
        rowCount = run.count
        lineBytes = run.lineBytes
        state = Mutex(.run(run))
    }

    var contents: Contents { state.withLock { $0 } }

    /// The names of structured metadata that rows have, or nil when there are too many to list.
    ///
    /// - Throws: ``CorruptionError``.
    func metadataNames() throws(CorruptionError) -> Set<String>? {
        if let known = names.withLock({ $0 }) { return known }
        let found: Set<String>?
        switch contents {
        case .run(let run): found = run.metadata.isEmpty ? [] : run.metadataNames
        case .encoded(let block?): found = try MetadataNames.names(of: BlockReader(block))
        case .encoded(nil): found = []
        }
        names.withLock { $0 = .some(found) }
        return found
    }

    /// Puts the compressed form in the place of the rows.
    func replace(by block: EncodedBlock?) {
        state.withLock { $0 = .encoded(block) }
    }
}
