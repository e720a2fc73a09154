internal import WeirModel

// What counting asks of a source, beyond its rows.
extension BlockSource {
    /// Whether it holds each entry once and shares none with another settled source: what was compressed left out
    /// whatever earlier blocks held. One with hidden rows must be read to know which those are.
    var isSettled: Bool {
        if !masks.isEmpty { return false }
        switch place {
        case .segment: return true
        case .head(let block): if case .encoded = block.contents { return true } else { return false }
        case .open: return false
        }
    }

    /// Rows and bytes of lines of a settled source, if they are all of one stream that was asked for.
    var total: (stream: UInt32, entries: Int, bytes: Int)? {
        let entry: BlockEntry
        switch place {
        case .segment(let segment, let block): entry = segment.reader.blocks[block]
        case .head(let block):
            guard case .encoded(let encoded) = block.contents else { return nil }
            guard let encoded else { return (block.stream, 0, 0) }
            entry = encoded.entry
        case .open: return nil
        }
        guard entry.flags.contains(.singleStream) else { return nil }
        return (entry.streamFirst, Int(entry.rows), Int(entry.rawBytes))
    }

    /// Whether rows have structured metadata of one of some names, of any when `names` is nil; errs on the side of yes.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`.
    func holdsMetadata(named names: Set<String>?) throws -> Bool {
        if let names, names.isEmpty { return false }
        switch place {
        case .segment(let segment, let index):
            guard segment.reader.blocks[index].flags.contains(.hasMetadata) else { return false }
            guard let names else { return true }
            return try segment.metadataNames().map { !$0.isDisjoint(with: names) } ?? true
        case .head(let block):
            return try block.metadataNames().map { found in names.map { !$0.isDisjoint(with: found) } ?? !found.isEmpty
            }
                ?? true
        case .open(let runs):
            return runs.contains { _, run in
                run.metadata.isEmpty ? false : names.map { !$0.isDisjoint(with: run.metadataNames) } ?? true
            }
        }
    }

    /// Replaces times, streams and, when they are needed, lengths of lines of `batch` with those of a settled source.
    ///
    /// - Throws: ``CorruptionError`` or `FileError`.
    func readCountables(into batch: inout LineBatch, needsBytes: Bool, scratch: inout Scratch) throws {
        let needsStreams = hasOtherStreams || streams.count > 1
        func decode(
            _ block: BlockReader, into batch: inout LineBatch, parts: inout LineParts
        ) throws(CorruptionError) {
            try block.readTimestamps(into: &batch.timestamps)
            if needsStreams { try block.readStreams(into: &batch.streamIndexes) }
            if needsBytes { try block.readLineLengths(into: &batch.lineLengths, parts: &parts) }
        }
        switch place {
        case .segment(let segment, let index):
            try decode(
                try scratch.read(index, of: segment, needsLines: needsBytes), into: &batch, parts: &scratch.parts)
        case .head(let block):
            guard case .encoded(let encoded?) = block.contents else {
                batch.timestamps.removeAll()
                return
            }
            try decode(BlockReader(encoded), into: &batch, parts: &scratch.parts)
        case .open:
            preconditionFailure("open rows are not settled")
        }
    }
}

extension BlockReader {
    /// The names of structured metadata, from their dictionary alone; nil when they are not kept as one.
    fileprivate func readDistinctMetadataNames() throws(CorruptionError) -> Set<String>? {
        guard let column = columns.first(where: { $0.kind == ColumnKind.metadataName.rawValue }) else { return nil }
        return try withColumn(.metadataName, count: Int(column.count)) { source, known throws(CorruptionError) in
            guard known.encoding == .dictionary else { return nil }
            let distinct = Int(try source.read("distinct", as: UInt32.self))
            guard distinct <= MetadataNames.countMax else { return nil }
            var lengths = [UInt32](repeating: 0, count: distinct)
            let frames = try BlockReader.decodeHead(&source, codec: known.codec, &lengths)
            var texts: [UInt8] = []
            try BlockReader.decodeFrames(&source, frames, to: &texts, at: 0)
            var names: Set<String> = []
            var start = 0
            for length in lengths {
                names.insert(String(decoding: texts[start..<start + Int(length)], as: UTF8.self))
                start += Int(length)
            }
            return names
        }
    }
}

/// Names of structured metadata, as far as they are few enough to be worth knowing.
struct MetadataNames {
    /// More names than this are not listed.
    static let countMax = 1000

    /// The names that a block uses; nil when there are too many.
    ///
    /// - Throws: ``CorruptionError``.
    static func names(of block: BlockReader) throws(CorruptionError) -> Set<String>? {
        guard block.entry.flags.contains(.hasMetadata) else { return [] }
        if let names = try block.readDistinctMetadataNames() { return names.count > countMax ? nil : names }
        var batch = LineBatch()
        var arrivals: [Int64]?
        try block.decode(into: &batch, arrivals: &arrivals, needsLines: false, needsMetadata: true)
        let names = names(of: batch.metadata, in: batch.bytes)
        return names.count > countMax ? nil : names
    }

    /// The names of pairs whose strings lie in an arena.
    static func names(of pairs: [LineBatch.MetadataPair], in arena: [UInt8]) -> Set<String> {
        var names: Set<String> = []
        var last: LineBatch.MetadataPair?
        arena.withUnsafeBytes { bytes in
            for pair in pairs {
                let name = bytes[Int(pair.nameOffset)..<Int(pair.nameOffset + pair.nameLength)]
                // Most rows name what the row before named.
                if let last, last.nameLength == pair.nameLength,
                    last.nameOffset == pair.nameOffset
                        || bytes[Int(last.nameOffset)..<Int(last.nameOffset + last.nameLength)].elementsEqual(name)
                {
                    continue
                }
                last = pair
                names.insert(String(decoding: name, as: UTF8.self))
            }
        }
        return names
    }
}

extension OpenRun {
    /// The names of structured metadata that rows have.
    var metadataNames: Set<String> { MetadataNames.names(of: metadata, in: bytes) }
}
