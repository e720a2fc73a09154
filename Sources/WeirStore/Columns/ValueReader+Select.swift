internal import WeirBytes

extension ValueReader {
    /// Adds to `rows` the rows whose values fulfil a test.
    ///
    /// Tries what is cheap first: the stamp, then each distinct value once, then packed digits, and only at last the
    /// texts.
    package func select(_ test: ValueTest, into rows: inout RowBitmap) throws(CorruptionError) {
        precondition(rows.count == column.count, "a set of \(rows.count) rows for \(column.count)")
        if column.stamp.excludes(test) { return }
        if test.needle.isEmpty && test.kind != .equals {
            rows.insertAll()
            return
        }
        switch encoding {
        case .constant:
            if column.count > 0, test.accepts(start.reader.bytes) { rows.insertAll() }
        case .textDictionary:
            try selectCodes(test, into: &rows)
        default:
            try selectTexts(test, into: &rows)
        }
    }

    private func selectCodes(_ test: ValueTest, into rows: inout RowBitmap) throws(CorruptionError) {
        var buffer = ValueBuffer()
        var codes: [UInt32] = []
        try decodeDictionary(into: &buffer, codes: &codes)
        let accepted = buffer.bytes.withUnsafeBytes { bytes in
            (0..<buffer.count).map { index in
                let start = Int(buffer.offsets[index])
                return test.accepts(UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(buffer.lengths[index])]))
            }
        }
        guard accepted.contains(true) else { return }
        for row in 0..<codes.count where accepted[Int(codes[row])] { rows.insert(row) }
    }

    /// Writes all texts and looks for the needle in them end to end, or where it has to stand.
    private func selectTexts(_ test: ValueTest, into rows: inout RowBitmap) throws(CorruptionError) {
        var buffer = ValueBuffer()
        try decode(into: &buffer)
        buffer.bytes.withUnsafeBytes { bytes in
            guard test.kind == .contains else {
                for row in 0..<buffer.count {
                    let start = Int(buffer.offsets[row])
                    let value = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(buffer.lengths[row])])
                    if test.accepts(value) { rows.insert(row) }
                }
                return
            }
            // Texts lie end to end, so one search goes over all of them.
            let arena = UnsafeRawBufferPointer(rebasing: bytes[..<buffer.used])
            var row = 0
            var position = 0
            while let hit = test.search.first(in: arena, from: position) {
                while row < buffer.count && Int(buffer.offsets[row]) + Int(buffer.lengths[row]) <= hit { row += 1 }
                guard row < buffer.count else { return }
                let end = Int(buffer.offsets[row]) + Int(buffer.lengths[row])
                if hit + test.needle.count <= end {
                    rows.insert(row)
                    position = end
                } else {
                    position = hit + 1
                }
            }
        }
    }
}
