internal import WeirBytes

/// Tests the values of one column, which it decodes at most once, and only when its stamp does not answer.
package struct ValueSelector {
    /// The column.
    package let reader: ValueReader
    /// All values, or the distinct ones.
    private var texts = ValueBuffer()
    private var codes: [UInt32] = []
    private var isDecoded = false

    /// Creates a selector.
    package init(_ reader: ValueReader) {
        self.reader = reader
    }

    /// Adds to `rows` the rows whose values fulfil a test.
    ///
    /// Tries what is cheap first: the stamp, then each distinct value once, then packed digits, and only at last the
    /// texts.
    package mutating func select(_ test: ValueTest, into rows: inout RowBitmap) throws(CorruptionError) {
        let column = reader.column
        precondition(rows.count == column.count, "a set of \(rows.count) rows for \(column.count)")
        if column.stamp.excludes(test) { return }
        if test.needle.isEmpty && test.kind != .equals {
            rows.insertAll()
            return
        }
        switch reader.encoding {
        case .constant:
            if column.count > 0, test.accepts(reader.start.reader.bytes) { rows.insertAll() }
        case .textDictionary:
            try selectCodes(test, into: &rows)
        case .hex where test.needle.count == Int(column.stamp.lengthMin) && isFixedWidth,
            .uuids where test.needle.count == Int(column.stamp.lengthMin) && isFixedWidth:
            try selectPacked(test.needle, into: &rows)
        default:
            try selectTexts(test, into: &rows)
        }
    }

    private var isFixedWidth: Bool { reader.column.stamp.lengthMin == reader.column.stamp.lengthMax }

    private mutating func selectCodes(_ test: ValueTest, into rows: inout RowBitmap) throws(CorruptionError) {
        if !isDecoded {
            try reader.decodeDictionary(into: &texts, codes: &codes)
            isDecoded = true
        }
        var isFound = false
        var accepted = [Bool](repeating: false, count: texts.count)
        if test.kind == .contains {
            // The distinct values lie end to end: one search over all of them.
            texts.forEachHit(of: test) { index in
                accepted[index] = true
                isFound = true
            }
        } else {
            for index in 0..<texts.count where texts.withValue(index, { test.accepts($0) }) {
                accepted[index] = true
                isFound = true
            }
        }
        guard isFound else { return }
        for row in 0..<codes.count where accepted[Int(codes[row])] { rows.insert(row) }
    }

    /// A needle as long as every value is a value or none.
    private func selectPacked(_ needle: [UInt8], into rows: inout RowBitmap) throws(CorruptionError) {
        var source = reader.start
        let text = try HexText(&source, isUUID: reader.encoding == .uuids)
        let packed = try source.readBytes(reader.column.count * text.stride, "digits")
        guard needle.count == text.length else { return }
        var wanted = [UInt8](repeating: 0, count: text.stride + 8)
        let isPackable = needle.withUnsafeBytes { needle in
            wanted.withUnsafeMutableBytes { target in
                guard let needle = needle.baseAddress, let target = target.baseAddress else { return false }
                return text.pack(needle, to: target)
            }
        }
        guard isPackable else { return }
        let search = SubstringSearch(Array(wanted[..<text.stride]))
        var position = 0
        while let hit = search.first(in: packed, from: position) {
            if hit.isMultiple(of: text.stride) {
                rows.insert(hit / text.stride)
                position = hit + text.stride
            } else {
                position = hit + 1
            }
        }
    }

    /// Writes all texts and looks for the needle in them end to end, or where it has to stand.
    private mutating func selectTexts(_ test: ValueTest, into rows: inout RowBitmap) throws(CorruptionError) {
        if !isDecoded {
            try reader.decode(into: &texts)
            isDecoded = true
        }
        if test.kind == .contains {
            texts.forEachHit(of: test) { rows.insert($0) }
        } else {
            for row in 0..<texts.count where texts.withValue(row, { test.accepts($0) }) { rows.insert(row) }
        }
    }
}

extension ValueBuffer {
    /// Gives `body` the bytes of a value.
    @inline(__always)
    func withValue<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            let start = Int(offsets[index])
            return body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(lengths[index])]))
        }
    }

    /// Calls `body` with each value that holds a needle; the values have to lie end to end, as a column of texts or
    /// numbers leaves them, so that one search goes over all of them.
    func forEachHit(of test: ValueTest, _ body: (_ index: Int) -> Void) {
        guard count > 0 else { return }
        let first = offsets[0]
        bytes.withUnsafeBytes { bytes in
            let arena = UnsafeRawBufferPointer(rebasing: bytes[..<used])
            var row = 0
            var position = Int(first)
            while let hit = test.search.first(in: arena, from: position) {
                while row < count && Int(offsets[row]) + Int(lengths[row]) <= hit { row += 1 }
                guard row < count else { return }
                let end = Int(offsets[row]) + Int(lengths[row])
                if hit + test.needle.count <= end {
                    body(row)
                    position = end
                } else {
                    position = hit + 1
                }
            }
        }
    }
}
