internal import WeirModel

// What the store does with single rows of batches: compare, copy, put in another order.
extension LineBatch {
    /// Whether a row holds the same line and metadata as a row of another batch; streams and times are not looked at.
    func isSameEntry(_ row: Int, as other: borrowing LineBatch, _ otherRow: Int) -> Bool {
        let length = lineLengths[row]
        let pairs = metadataRange(ofRow: row)
        let otherPairs = other.metadataRange(ofRow: otherRow)
        guard length == other.lineLengths[otherRow], pairs.count == otherPairs.count else { return false }
        return bytes.withUnsafeBytes { mine in
            other.bytes.withUnsafeBytes { theirs in
                func areEqual(_ offset: UInt32, _ otherOffset: UInt32, _ length: UInt32) -> Bool {
                    mine[Int(offset)..<Int(offset) + Int(length)]
                        .elementsEqual(theirs[Int(otherOffset)..<Int(otherOffset) + Int(length)])
                }
                guard areEqual(lineOffsets[row], other.lineOffsets[otherRow], length) else { return false }
                for (index, otherIndex) in zip(pairs, otherPairs) {
                    let pair = metadata[index]
                    let otherPair = other.metadata[otherIndex]
                    guard pair.nameLength == otherPair.nameLength, pair.valueLength == otherPair.valueLength,
                        areEqual(pair.nameOffset, otherPair.nameOffset, pair.nameLength),
                        areEqual(pair.valueOffset, otherPair.valueOffset, pair.valueLength)
                    else { return false }
                }
                return true
            }
        }
    }

    /// Adds all rows of another batch behind these, with their arena; stream indexes are taken as they are.
    mutating func append(_ other: borrowing LineBatch) {
        let base = UInt32(bytes.count)
        if !metadataEnds.isEmpty || !other.metadataEnds.isEmpty {
            let first = UInt32(metadata.count)
            if metadataEnds.isEmpty { metadataEnds = [UInt32](repeating: 0, count: count) }
            for row in 0..<other.count {
                metadataEnds.append(first + UInt32(other.metadataRange(ofRow: row).upperBound))
            }
            for pair in other.metadata {
                metadata.append(
                    MetadataPair(
                        nameOffset: base + pair.nameOffset, nameLength: pair.nameLength,
                        valueOffset: base + pair.valueOffset, valueLength: pair.valueLength))
            }
        }
        bytes.append(contentsOf: other.bytes)
        for offset in other.lineOffsets { lineOffsets.append(base + offset) }
        lineLengths.append(contentsOf: other.lineLengths)
        timestamps.append(contentsOf: other.timestamps)
        streamIndexes.append(contentsOf: other.streamIndexes)
    }

    /// Where the names and values of structured metadata end in the arena; 0 without any.
    var metadataBytesEnd: Int {
        metadata.reduce(0) {
            max($0, Int($1.nameOffset) + Int($1.nameLength), Int($1.valueOffset) + Int($1.valueLength))
        }
    }

    /// Makes row `i` what row `order[i]` was; rows that `order` does not name are gone. The arena stays as it is.
    mutating func takeRows(_ order: some Collection<UInt32>) {
        if !metadataEnds.isEmpty {
            var pairs: [MetadataPair] = []
            var ends: [UInt32] = []
            ends.reserveCapacity(order.count)
            for row in order {
                pairs.append(contentsOf: metadata[metadataRange(ofRow: Int(row))])
                ends.append(UInt32(pairs.count))
            }
            metadata = pairs
            metadataEnds = ends
        }
        lineOffsets = order.map { lineOffsets[Int($0)] }
        lineLengths = order.map { lineLengths[Int($0)] }
        timestamps = order.map { timestamps[Int($0)] }
        streamIndexes = order.map { streamIndexes[Int($0)] }
        for field in fields.indices {
            let codes = fields[field].codes
            fields[field].codes = order.map { codes[Int($0)] }
        }
    }

    /// Turns the order of the rows around.
    mutating func reverseRows() {
        if !metadataEnds.isEmpty {
            var pairs: [MetadataPair] = []
            var ends: [UInt32] = []
            for row in (0..<count).reversed() {
                pairs.append(contentsOf: metadata[metadataRange(ofRow: row)])
                ends.append(UInt32(pairs.count))
            }
            metadata = pairs
            metadataEnds = ends
        }
        lineOffsets.reverse()
        lineLengths.reverse()
        timestamps.reverse()
        streamIndexes.reverse()
        for field in fields.indices { fields[field].codes.reverse() }
    }

    /// Puts rows in order of time, those of one instant in the order they stand in, of equal entries only the first.
    mutating func settle() {
        var order: [UInt32] = []
        RowOrder.fill(&order, for: self)
        if !order.elementsEqual(0..<UInt32(count)) { takeRows(order) }
    }
}

extension BlockRows {
    /// Adds rows behind these.
    mutating func append(_ other: BlockRows) {
        if lines.isEmpty {
            self = other
            return
        }
        lines.append(other.lines)
        arrivals.append(contentsOf: other.arrivals)
    }

    /// Puts rows in order of time as `LineBatch.settle()` does; returns how many were left out.
    mutating func settle() -> Int {
        var order: [UInt32] = []
        RowOrder.fill(&order, for: lines)
        let left = lines.count - order.count
        if !order.elementsEqual(0..<UInt32(lines.count)) { takeRows(order) }
        return left
    }

    /// Makes row `i` what row `order[i]` was.
    mutating func takeRows(_ order: some Collection<UInt32>) {
        lines.takeRows(order)
        arrivals = order.map { arrivals[Int($0)] }
    }
}
