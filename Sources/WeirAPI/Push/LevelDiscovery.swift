internal import WeirModel

/// Adds `detected_level` to the structured metadata of every row.
///
/// A level label of the stream wins over metadata, metadata over a severity number, that over the line's text; a row
/// that has `detected_level` already keeps it, with known words in Loki's spelling.
struct LevelDiscovery {
    /// The texts appended once to the arena: the name, each known level, and values of labels that are no known level.
    private var nameOffset: UInt32 = 0
    private var levelOffsets: [UInt32] = []
    private var tail: [UInt8] = []
    private let tailOffset: Int

    /// A range of the arena.
    private struct Place {
        var offset: UInt32
        var length: UInt32
    }

    /// How the level of a stream's rows is found.
    private enum StreamLevel {
        case fixed(Place)
        case perRow
    }

    /// Adds the levels. Cost: one pass over the lines of streams without a level label.
    static func apply(to batch: inout LineBatch) {
        guard !batch.isEmpty else { return }
        var discovery = LevelDiscovery(tailOffset: batch.bytes.count)
        let byStream = batch.streams.map { discovery.streamLevel($0) }
        discovery.addPairs(to: &batch, byStream: byStream)
        batch.bytes.append(contentsOf: discovery.tail)
    }

    private init(tailOffset: Int) {
        self.tailOffset = tailOffset
        nameOffset = place(copying: "detected_level".utf8).offset
        levelOffsets = DetectedLevel.allCases.map { level in
            place(copying: UnsafeBufferPointer(start: level.name.utf8Start, count: level.name.utf8CodeUnitCount)).offset
        }
    }

    private mutating func place(copying text: some Collection<UInt8>) -> Place {
        let offset = UInt32(truncatingIfNeeded: tailOffset + tail.count)
        tail.append(contentsOf: text)
        return Place(offset: offset, length: UInt32(truncatingIfNeeded: text.count))
    }

    private func place(of level: DetectedLevel) -> Place {
        Place(offset: levelOffsets[Int(level.rawValue)], length: UInt32(level.name.utf8CodeUnitCount))
    }

    private mutating func streamLevel(_ labels: LabelSet) -> StreamLevel {
        for name in LevelDetector.fieldNames {
            guard let value = labels[name.description] else { continue }
            let bytes = Array(value.utf8)
            if let level = bytes.withUnsafeBytes({ DetectedLevel(folding: $0) }) { return .fixed(place(of: level)) }
            return .fixed(place(copying: bytes))
        }
        return .perRow
    }

    private mutating func addPairs(to batch: inout LineBatch, byStream: [StreamLevel]) {
        let rows = batch.count
        let hadMetadata = !batch.metadataEnds.isEmpty
        var pairs: [LineBatch.MetadataPair] = []
        var ends: [UInt32] = []
        pairs.reserveCapacity(rows + batch.metadata.count)
        ends.reserveCapacity(rows)
        batch.bytes.withUnsafeBytes { bytes in
            for row in 0..<rows {
                let own = hadMetadata ? batch.metadataRange(ofRow: row) : 0..<0
                var level: Place?
                if own.isEmpty {
                    level = self.level(ofRow: row, batch, byStream, bytes)
                } else {
                    level = self.level(ofPairs: own, row: row, batch, byStream, bytes, &pairs)
                }
                if let level {
                    pairs.append(
                        LineBatch.MetadataPair(
                            nameOffset: nameOffset, nameLength: 14, valueOffset: level.offset, valueLength: level.length
                        ))
                }
                ends.append(UInt32(truncatingIfNeeded: pairs.count))
            }
        }
        batch.metadata = pairs
        batch.metadataEnds = ends
    }

    @inline(__always)
    private func level(
        ofRow row: Int, _ batch: borrowing LineBatch, _ byStream: [StreamLevel], _ bytes: UnsafeRawBufferPointer
    ) -> Place {
        switch byStream[Int(batch.streamIndexes[row])] {
        case .fixed(let place): return place
        case .perRow:
            let start = Int(batch.lineOffsets[row])
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(batch.lineLengths[row])])
            return place(of: LevelDetector.level(of: line))
        }
    }

    /// Copies a row's pairs and finds the level they leave to add; nil when one of them is `detected_level`.
    private func level(
        ofPairs range: Range<Int>, row: Int, _ batch: borrowing LineBatch, _ byStream: [StreamLevel],
        _ bytes: UnsafeRawBufferPointer, _ pairs: inout [LineBatch.MetadataPair]
    ) -> Place? {
        var hasLevel = false
        var bestRank = Int.max
        var best: LineBatch.MetadataPair?
        var severityNumber: LineBatch.MetadataPair?
        for index in range {
            var pair = batch.metadata[index]
            let name = bytes.part(pair.nameOffset, pair.nameLength)
            if name.equals("detected_level") {
                hasLevel = true
                if let level = DetectedLevel(folding: bytes.part(pair.valueOffset, pair.valueLength)) {
                    let place = place(of: level)
                    (pair.valueOffset, pair.valueLength) = (place.offset, place.length)
                }
            } else if name.equals("severity_number") {
                severityNumber = pair
            } else if let rank = LevelDetector.fieldNames.firstIndex(where: { name.equals($0) }), rank < bestRank {
                (bestRank, best) = (rank, pair)
            }
            pairs.append(pair)
        }
        if hasLevel { return nil }
        if case .fixed(let place) = byStream[Int(batch.streamIndexes[row])] { return place }
        if let best {
            let value = bytes.part(best.valueOffset, best.valueLength)
            if let level = DetectedLevel(folding: value) { return place(of: level) }
            return Place(offset: best.valueOffset, length: best.valueLength)
        }
        if let severityNumber {
            let value = bytes.part(severityNumber.valueOffset, severityNumber.valueLength)
            return place(of: DetectedLevel(severityNumber: value))
        }
        return level(ofRow: row, batch, byStream, bytes)
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    fileprivate func part(_ offset: UInt32, _ length: UInt32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[Int(offset)..<Int(offset) + Int(length)])
    }
}
