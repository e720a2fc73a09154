package import WeirBytes

/// Encodes columns of values one after the other, each in the way that takes least; keeps its memory.
package struct ValueEncoder: Sendable {
    private var table = ValueTable()
    private var choice = NumberChoice()
    private var scratch: [UInt64] = []
    private var gathered: [UInt8] = []
    private var shapes = TextShapes()

    /// The first of each of the different values of the list appended last, if it became a dictionary.
    var distinct: [UInt32] { table.firsts }

    /// Creates an encoder.
    package init() {}

    /// Appends `values` to `writer` and says how they can be read again.
    ///
    /// Costs 5 to 60 ns a value: one look at all lengths, one at all bytes for each kind of text that the first
    /// values suggest, and one for counting the different ones, given up as soon as there are too many.
    package mutating func append(
        _ values: ValueList, effort: ColumnEffort, to writer: inout ByteWriter
    ) -> ValueColumn {
        let profile = ValueProfile(values)
        let start = writer.count
        var column =
            profile.isConstant
            ? appendConstant(values, profile, to: &writer)
            : appendChosen(values, profile, effort: effort, isNested: false, to: &writer)
        column.storedBytes = writer.count - start
        return column
    }

    private func appendConstant(_ values: ValueList, _ profile: ValueProfile, to writer: inout ByteWriter)
        -> ValueColumn
    {
        var classes: ByteClasses = []
        if values.count > 0 {
            writer.append(values[0])
            classes = ByteClasses(of: values[0])
        }
        return ValueColumn(
            .constant, count: values.count, plainBytes: profile.plainBytes, stamp: profile.stamp(classes))
    }

    private mutating func appendChosen(
        _ values: ValueList, _ profile: ValueProfile, effort: ColumnEffort, isNested: Bool,
        to writer: inout ByteWriter
    ) -> ValueColumn {
        let hasNumbers = choice.choose(values, profile)
        let limit = dictionaryLimit(values, profile, hasNumbers: hasNumbers)
        if limit > 1,
            hasNumbers ? choice.fill(&table, values, limit: limit) : table.fill(values, limit: limit),
            !hasNumbers || dictionarySize(values.count) < choice.size
        {
            return appendDictionary(values, profile, effort: effort, to: &writer)
        }
        if hasNumbers { return choice.append(values, profile, scratch: &scratch, to: &writer) }
        if !isNested, values.count >= ValueEncoder.nestedMin, shapes.split(values) {
            return appendNested(values, profile, effort: effort, to: &writer)
        }
        return appendTexts(values, profile, effort: effort, to: &writer)
    }

    /// With how many different values a dictionary may pay.
    private func dictionaryLimit(_ values: ValueList, _ profile: ValueProfile, hasNumbers: Bool) -> Int {
        let third = min(values.count / 3, 1 << 16)
        guard hasNumbers else { return third }
        // For each width of the codes as many as have it, and as fit beside them into what the numbers take.
        var limit = 0
        for width in 0...16 {
            let room = (choice.size - 12 - values.count * width / 8) * 2 / (Int(profile.lengthMin) * 2 + 1)
            limit = max(limit, min(room, 1 << width))
        }
        return min(limit, third)
    }

    /// Fewer values are not worth taking apart.
    private static let nestedMin = 64

    /// `NESTED`: shapes of values, which value has which, and a list for each hole; or texts, when those take less.
    ///
    ///     shapes | series shape[count] | for each shape, for each hole: part
    private mutating func appendNested(
        _ values: ValueList, _ profile: ValueProfile, effort: ColumnEffort, to writer: inout ByteWriter
    ) -> ValueColumn {
        if effort == .fast {
            // Texts become half of what they were, seldom less.
            let nested = nestedBytes(values, limit: profile.plainBytes / 2, effort: effort)
            if nested.count < profile.plainBytes / 2 {
                nested.bytes.withUnsafeBytes { writer.append($0) }
                return ValueColumn(
                    .nested, count: values.count, plainBytes: profile.plainBytes,
                    stamp: profile.stamp(ByteClasses(of: values)))
            }
            return appendTexts(values, profile, effort: effort, to: &writer)
        }
        var texts = ByteWriter()
        let column = appendTexts(values, profile, effort: effort, to: &texts)
        let nested = nestedBytes(values, limit: texts.count, effort: effort)
        let isSmaller = nested.count < texts.count
        (isSmaller ? nested : texts).bytes.withUnsafeBytes { writer.append($0) }
        guard isSmaller else { return column }
        return ValueColumn(
            .nested, count: values.count, plainBytes: profile.plainBytes, stamp: profile.stamp(column.stamp.classes))
    }

    /// The values that were split, taken apart; gives up when that takes more than `limit`.
    private mutating func nestedBytes(_ values: ValueList, limit: Int, effort: ColumnEffort) -> ByteWriter {
        var nested = ByteWriter()
        shapes.append(values, to: &nested)
        shapes.shapeOfValue.withUnsafeBufferPointer { PackedSeries.append($0, to: &nested) }
        let (offsets, lengths) = shapes.columns()
        var start = 0
        for shape in shapes.shapes {
            for _ in 0..<shape.holeCount where nested.count < limit {
                let range = start..<start + shape.count
                start = range.upperBound
                offsets.withUnsafeBufferPointer { offsets in
                    lengths.withUnsafeBufferPointer { lengths in
                        let part = ValueList(
                            bytes: values.bytes, offsets: UnsafeBufferPointer(rebasing: offsets[range]),
                            lengths: UnsafeBufferPointer(rebasing: lengths[range]),
                            timestamps: UnsafeBufferPointer(start: nil, count: 0))
                        appendPart(part, effort: effort, to: &nested)
                    }
                }
            }
        }
        return nested
    }

    /// Appends a list inside another: `u8 encoding | u8 codec | varint bytes | the bytes`.
    private mutating func appendPart(_ values: ValueList, effort: ColumnEffort, to writer: inout ByteWriter) {
        var bytes = ByteWriter()
        let profile = ValueProfile(values)
        let column =
            profile.isConstant
            ? appendConstant(values, profile, to: &bytes)
            : appendChosen(values, profile, effort: effort, isNested: true, to: &bytes)
        writer.append(column.encoding)
        writer.append(column.codec)
        writer.appendVarint(UInt64(bytes.count))
        bytes.bytes.withUnsafeBytes { writer.append($0) }
    }

    /// About what the dictionary in `table` would take.
    private func dictionarySize(_ count: Int) -> Int {
        table.plainBytes + table.firsts.count / 2 + 12
            + count * PackedIntegers.width(of: UInt64(table.firsts.count - 1)) / 8
    }

    /// `TEXT_DICT`: the distinct values as a column of their own, and which of them each value is.
    ///
    ///     varint distinct | u8 encoding | u8 codec | varint bytes | column | series code[count]
    private mutating func appendDictionary(
        _ values: ValueList, _ profile: ValueProfile, effort: ColumnEffort, to writer: inout ByteWriter
    ) -> ValueColumn {
        let offsets = table.firsts.map { values.offsets[Int($0)] }
        let lengths = table.firsts.map { values.lengths[Int($0)] }
        var part = ByteWriter()
        let column = offsets.withUnsafeBufferPointer { offsets in
            lengths.withUnsafeBufferPointer { lengths in
                let distinct = ValueList(
                    bytes: values.bytes, offsets: offsets, lengths: lengths,
                    timestamps: UnsafeBufferPointer(start: nil, count: 0))
                let profile = ValueProfile(distinct)
                return choice.choose(distinct, profile)
                    ? choice.append(distinct, profile, scratch: &scratch, to: &part)
                    : appendTexts(distinct, profile, effort: effort, to: &part)
            }
        }
        writer.appendVarint(UInt64(offsets.count))
        writer.append(column.encoding)
        writer.append(column.codec)
        writer.appendVarint(UInt64(part.count))
        part.bytes.withUnsafeBytes { writer.append($0) }
        table.codes.withUnsafeBufferPointer { codes in scratch.fill(codes.count) { UInt64(codes[$0]) } }
        scratch.withUnsafeBufferPointer { PackedSeries.append($0, to: &writer) }
        return ValueColumn(
            .textDictionary, count: values.count, plainBytes: profile.plainBytes,
            stamp: profile.stamp(column.stamp.classes, numbers: column.stamp.numbers))
    }

    private mutating func appendTexts(
        _ values: ValueList, _ profile: ValueProfile, effort: ColumnEffort, to writer: inout ByteWriter
    ) -> ValueColumn {
        scratch.fill(values.count) { UInt64(values.lengths[$0]) }
        let needed = profile.plainBytes + ShortCopy.stride
        if gathered.count < needed { gathered = [UInt8](repeating: 0, count: max(needed, gathered.count * 2)) }
        let (classes, codec) = gathered.withUnsafeMutableBytes { room in
            let end = profile.plainBytes
            values.copy(to: room)
            let plain = UnsafeRawBufferPointer(rebasing: room[..<end])
            let codec = scratch.withUnsafeBufferPointer {
                TextColumn.append(lengths: $0, bytes: plain, effort: effort, to: &writer)
            }
            return (ByteClasses(of: plain), codec)
        }
        return ValueColumn(
            .texts, codec: codec, count: values.count, plainBytes: profile.plainBytes, stamp: profile.stamp(classes))
    }
}
