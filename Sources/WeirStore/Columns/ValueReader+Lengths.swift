internal import WeirBytes

extension ValueReader {
    /// Appends the values of all rows, of which only the lengths mean anything; does not write texts for that, nor
    /// decompress them, unless it takes a text to know how long it is.
    func decodeLengths(into buffer: inout ValueBuffer) throws(CorruptionError) {
        var source = start
        switch encoding {
        case .texts:
            try buffer.appendPlaces(count: column.count) { offsets, lengths throws(CorruptionError) in
                try PackedSeries.decode(&source, count: column.count, to: lengths, "lengths")
                offsets.update(repeating: 0, count: column.count)
            }
        case .textDictionary:
            var codes: [UInt32] = []
            let first = buffer.count
            try decodeDictionary(into: &buffer, codes: &codes, needsTexts: false)
            buffer.spread(codes, rows: nil, from: first)
        case .hex:
            appendLengths(try HexText(&source, isUUID: false).length, to: &buffer)
        case .uuids:
            appendLengths(try HexText(&source, isUUID: true).length, to: &buffer)
        case .fixedDigits:
            appendLengths(try readFixedDigits(&source).width, to: &buffer)
        case .clocks:
            guard let length = try ClockText(&source).length else { return try decode(into: &buffer) }
            appendLengths(length, to: &buffer)
        default:
            try decode(into: &buffer)
        }
    }

    private func appendLengths(_ length: Int, to buffer: inout ValueBuffer) {
        buffer.appendPlaces(count: column.count) { offsets, lengths in
            offsets.update(repeating: 0, count: column.count)
            lengths.update(repeating: UInt32(length), count: column.count)
        }
    }
}
