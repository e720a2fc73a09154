internal import Synchronization
internal import WeirModel

// From rows to blocks, each entry once: what a block is about to hold is compared with what earlier ones hold, but only
// where the times of a stream overlap. Streams whose lines come in order pay one comparison of two instants per block.
extension LogStore {
    /// Compresses a full block in place, leaving out entries that earlier blocks of the stream hold.
    ///
    /// - Returns: the block; nil when earlier ones had all of it.
    /// - Throws: `FileError` when an earlier block cannot be read for another reason than damage.
    @discardableResult
    func compress(_ full: FullBlock) throws -> EncodedBlock? {
        guard case .run(let run) = full.block.contents else {
            guard case .encoded(let block) = full.block.contents else { return nil }
            return block
        }
        var rows = run.blockRows(stream: full.block.stream)
        let earlier = full.generation.blocks(ofDay: full.day, before: full.block).map(BlockSource.init)
        let block = try encode(&rows, stream: full.block.stream, earlier: earlier, of: full.generation, day: full.day)
        full.block.replace(by: block)
        return block
    }

    /// Compresses the open rows of streams of a sealed generation into one block.
    func encode(_ runs: [(stream: UInt32, run: OpenRun)], of generation: Generation, day: Day) throws -> EncodedBlock? {
        var all = BlockRows()
        for (stream, run) in runs {
            var rows = run.blockRows(stream: stream)
            let earlier = generation.blocks(ofDay: day.number, stream: stream).map(BlockSource.init)
            try leaveOutKnown(&rows, stream: stream, earlier: earlier, of: generation, day: day.number)
            all.append(rows)
        }
        if all.lines.isEmpty { return nil }
        var writer = BlockWriter()
        return writer.encode(all)
    }

    private func encode(
        _ rows: inout BlockRows, stream: UInt32, earlier: [BlockSource], of generation: Generation, day: Int
    ) throws -> EncodedBlock? {
        try leaveOutKnown(&rows, stream: stream, earlier: earlier, of: generation, day: day)
        if rows.lines.isEmpty { return nil }
        var writer = BlockWriter()
        return writer.encode(rows)
    }

    /// Puts the rows of one stream in order and takes out what is there twice.
    private func leaveOutKnown(
        _ rows: inout BlockRows, stream: UInt32, earlier: [BlockSource], of generation: Generation, day: Int
    ) throws {
        var dropped = rows.settle()
        defer { counters.noteDuplicates(dropped) }
        guard let first = rows.lines.timestamps.first, let last = rows.lines.timestamps.last else { return }
        let sources = (earlier + sealedSources(of: stream, before: generation, day: day, from: first))
            .filter { $0.minTimestamp <= last && $0.maxTimestamp >= first }
        guard !sources.isEmpty else { return }
        var scratch = BlockSource.Scratch()
        var timestamps: [Int64] = []
        var known = LineBatch()
        var isKnown = [Bool](repeating: false, count: rows.lines.count)
        for source in sources {
            do {
                try source.readTimestamps(into: &timestamps, scratch: &scratch)
                guard LogStore.haveCommonInstant(rows.lines.timestamps, timestamps) else { continue }
                try source.read(into: &known, needsLines: true, needsMetadata: true, scratch: &scratch)
            } catch let error as CorruptionError {
                // Entries of a damaged block cannot be told apart from these; keeping one too many loses nothing.
                counters.noteDamagedBlock()
                report(.blockDamaged(error))
                continue
            }
            LogStore.markKnown(rows.lines, stream: stream, in: known, &isKnown)
        }
        let kept = isKnown.indices.filter { !isKnown[$0] }.map { UInt32($0) }
        if kept.count < isKnown.count {
            dropped += isKnown.count - kept.count
            rows.takeRows(kept)
        }
    }

    /// What segments and earlier generations hold of a stream from an instant on; empty without a look at any of them
    /// when the stream's newest row is older.
    private func sealedSources(
        of stream: UInt32, before generation: Generation, day number: Int, from first: Int64
    ) -> [BlockSource] {
        let (day, segments, sealed, deletes) = state.withLock { state in
            (state.days[number], state.segments[number] ?? [], state.sealed, state.deletes)
        }
        guard let day else { return [] }
        // What is to be deleted does not keep the same from being said again.
        let hidden =
            deletes.isEmpty
            ? HiddenRows.OfDay() : HiddenRows(deletes: deletes).masks(of: day, tenant: day.tenant(of: stream))
        var sources: [BlockSource] = []
        if day.newestTimestamp(of: stream) >= first {
            for segment in segments {
                guard let entry = segment.reader.stream(stream), entry.extent.maxTimestamp >= first else { continue }
                for block in segment.reader.blocks(of: entry) {
                    sources.append(
                        BlockSource(segment, block: Int(block), extents: [entry.extent])
                            .hiding(hidden.masksOfDeletes(for: segment.row)))
                }
            }
        }
        for other in sealed where !other.publishedDays.contains(number) {
            if other.generation === generation { break }
            guard let rows = other.generation.rows(ofDay: number, stream: stream) else { continue }
            sources.append(contentsOf: rows.blocks.map(BlockSource.init))
            if !rows.open.isEmpty { sources.append(BlockSource([(stream, rows.open)])) }
        }
        return sources
    }

    private static func haveCommonInstant(_ left: [Int64], _ right: [Int64]) -> Bool {
        var index = 0
        var other = 0
        while index < left.count && other < right.count {
            if left[index] == right[other] { return true }
            if left[index] < right[other] { index += 1 } else { other += 1 }
        }
        return false
    }

    /// Marks the rows that `known`, also in order of time, holds as rows of `stream`.
    private static func markKnown(
        _ rows: borrowing LineBatch, stream: UInt32, in known: borrowing LineBatch, _ isKnown: inout [Bool]
    ) {
        var start = 0
        for row in 0..<rows.count where !isKnown[row] {
            let timestamp = rows.timestamps[row]
            while start < known.count && known.timestamps[start] < timestamp { start += 1 }
            var other = start
            while other < known.count && known.timestamps[other] == timestamp {
                if known.streamIndexes[other] == stream && rows.isSameEntry(row, as: known, other) {
                    isKnown[row] = true
                    break
                }
                other += 1
            }
        }
    }
}
