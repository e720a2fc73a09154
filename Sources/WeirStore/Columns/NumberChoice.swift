internal import WeirBytes

/// Finds the kind of text that all values of a list are, if they are of one that is kept as numbers, and encodes them.
struct NumberChoice: Sendable {
    private enum Kind: Sendable {
        case none
        case wholes(WholeText)
        case fixedDigits(FixedDigitsText)
        case decimals(DecimalText)
        case ipv4(IPv4Text)
        case clocks(ClockText)
        case hex(HexText)
    }

    private var kind = Kind.none
    /// The number of each value, unless they are hexadecimal.
    private(set) var numbers: [Int64] = []
    private var series: NumberSeries?
    private var packed: [UInt8] = []
    /// About the bytes that the values will take.
    private(set) var size = 0

    /// Tries the kinds that a few values suggest; true when all values are of one of them.
    mutating func choose(_ values: ValueList, _ profile: ValueProfile) -> Bool {
        kind = .none
        guard values.count > 0, profile.lengthMin > 0 else { return false }
        let first = values[0]
        var classes = ByteClasses(of: first)
        classes.formUnion(ByteClasses(of: values[values.count / 2]))
        classes.formUnion(ByteClasses(of: values[values.count - 1]))
        guard classes.contains(.digit) || profile.lengthMin == profile.lengthMax else { return false }
        let isFixed = profile.lengthMin == profile.lengthMax
        if classes.isSubset(of: [.digit, .minus, .dot]) && chooseDigits(values, profile, classes, first) {
            series = NumberSeries(numbers)
            size = series!.size + 12
            return true
        }
        if profile.lengthMin >= 15, classes.contains([.digit, .colon]), !values.timestamps.isEmpty,
            var text = ClockText(values, profile), read(&text, values)
        {
            numbers.withUnsafeMutableBufferPointer { numbers in
                for index in 0..<numbers.count { numbers[index] &-= text.base(values.timestamps[index]) }
            }
            kind = .clocks(text)
            series = NumberSeries(numbers)
            size = series!.size + 24
            return true
        }
        let isHex =
            classes.isSubset(of: [.digit, .lowerHex, .minus]) || classes.isSubset(of: [.digit, .upperHex, .minus])
        if isFixed, isHex, let text = HexText(sample: first), pack(text, values) {
            kind = .hex(text)
            size = values.count * text.stride + 4
            return true
        }
        return false
    }

    private mutating func chooseDigits(
        _ values: ValueList, _ profile: ValueProfile, _ classes: ByteClasses, _ sample: UnsafeRawBufferPointer
    ) -> Bool {
        if classes.contains(.dot) {
            var text = IPv4Text()
            if read(&text, values) {
                kind = .ipv4(text)
                return true
            }
        } else {
            var text = WholeText()
            if read(&text, values) {
                kind = .wholes(text)
                return true
            }
            let isFixed = profile.lengthMin == profile.lengthMax && profile.lengthMax <= FixedDigitsText.widthMax
            if isFixed {
                var text = FixedDigitsText(width: Int(profile.lengthMax))
                if read(&text, values) {
                    kind = .fixedDigits(text)
                    return true
                }
            }
        }
        guard profile.lengthMax <= 20, var text = DecimalText(values), read(&text, values) else { return false }
        kind = .decimals(text)
        return true
    }

    /// Reads all values to `numbers`; false when one is not such a text.
    @inline(__always)
    private mutating func read<Text: NumberText>(_ text: inout Text, _ values: ValueList) -> Bool {
        guard let start = values.bytes.baseAddress else { return false }
        let end = values.bytes.count
        numbers.resize(to: values.count, filling: 0)
        return numbers.withUnsafeMutableBufferPointer { numbers in
            for index in 0..<values.count {
                let offset = Int(values.offsets[index])
                guard
                    let number = text.number(
                        of: start + offset, length: Int(values.lengths[index]), readable: end &- offset)
                else { return false }
                numbers[index] = number
            }
            return true
        }
    }

    /// Numbers the different values; false when there are more than `limit`, or nearly as many as values.
    func fill(_ table: inout ValueTable, _ values: ValueList, limit: Int) -> Bool {
        switch kind {
        case .clocks, .hex, .none: table.fill(values, limit: limit)
        case .wholes, .fixedDigits, .decimals, .ipv4: table.fill(numbers, of: values, limit: limit)
        }
    }

    /// Packs all values to `packed`; false when one does not have the form.
    private mutating func pack(_ text: HexText, _ values: ValueList) -> Bool {
        let stride = text.stride
        let needed = values.count * stride + 8
        if packed.count < needed { packed = [UInt8](repeating: 0, count: max(needed, packed.count * 2)) }
        return packed.withUnsafeMutableBytes { room in
            guard let target = room.baseAddress, let start = values.bytes.baseAddress else { return false }
            for index in 0..<values.count {
                guard text.pack(start + Int(values.offsets[index]), to: target + index * stride) else { return false }
            }
            return true
        }
    }

    /// Appends the values that ``choose(_:_:)`` chose for.
    func append(
        _ values: ValueList, _ profile: ValueProfile, scratch: inout [UInt64], to writer: inout ByteWriter
    ) -> ValueColumn {
        var encoding = ColumnEncoding.wholes
        var classes: ByteClasses = .digit
        var range: ClosedRange<Int64>?
        switch kind {
        case .none:
            preconditionFailure("nothing was chosen")
        case .wholes:
            if let low = numbers.min(), let high = numbers.max() { range = low...high }
            if let range, range.lowerBound < 0 { classes.insert(.minus) }
        case .fixedDigits(let text):
            encoding = .fixedDigits
            writer.append(UInt8(text.width))
            if let low = numbers.min(), let high = numbers.max() { range = low...high }
        case .decimals(let text):
            encoding = .decimals
            writer.append(UInt8(text.decimals))
            writer.append(UInt8(text.decimalsMin))
            classes = [.digit, .dot]
            if let low = numbers.min(), low < 0 { classes.insert(.minus) }
        case .ipv4:
            encoding = .ipv4
            classes = [.digit, .dot]
        case .clocks(let text):
            encoding = .clocks
            text.appendHead(to: &writer)
            classes = text.classes
        case .hex(let text):
            encoding = text.isUUID ? .uuids : .hex
            text.appendHead(to: &writer)
            classes = [.digit, text.isUpper ? .upperHex : .lowerHex]
            if text.isUUID { classes.insert(.minus) }
            packed.withUnsafeBytes {
                writer.append(UnsafeRawBufferPointer(rebasing: $0[..<(values.count * text.stride)]))
            }
            return ValueColumn(
                encoding, count: values.count, plainBytes: profile.plainBytes, stamp: profile.stamp(classes))
        }
        series?.append(numbers, scratch: &scratch, to: &writer)
        return ValueColumn(
            encoding, count: values.count, plainBytes: profile.plainBytes,
            stamp: profile.stamp(classes, numbers: range))
    }
}
