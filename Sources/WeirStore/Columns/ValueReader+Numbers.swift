internal import WeirBytes

extension ValueReader {
    /// Appends the texts of a column that is kept as numbers.
    func decodeNumbers(
        _ rows: [UInt32]?, _ source: inout ColumnSource, into buffer: inout ValueBuffer
    ) throws(CorruptionError) {
        switch encoding {
        case .fixedDigits:
            let text = try readFixedDigits(&source)
            try write(text, rows, readNumbers(&source, range: text.range), into: &buffer)
        case .decimals:
            let text = try readDecimals(&source)
            try write(text, rows, readNumbers(&source, range: text.range), into: &buffer)
        case .ipv4:
            try write(IPv4Text(), rows, readNumbers(&source, range: IPv4Text().range), into: &buffer)
        case .clocks:
            let text = try ClockText(&source)
            try write(text, rows, readInstants(&source, text), into: &buffer)
        default:
            try write(WholeText(), rows, readNumbers(&source, range: WholeText().range), into: &buffer)
        }
    }

    func readFixedDigits(_ source: inout ColumnSource) throws(CorruptionError) -> FixedDigitsText {
        let width: UInt8 = try source.read("width")
        guard width >= 1, Int(width) <= FixedDigitsText.widthMax else {
            throw start.corruption("width", expected: "1...\(FixedDigitsText.widthMax)", found: "\(width)")
        }
        return FixedDigitsText(width: Int(width))
    }

    func readDecimals(_ source: inout ColumnSource) throws(CorruptionError) -> DecimalText {
        let most: UInt8 = try source.read("decimals")
        let least: UInt8 = try source.read("least decimals")
        guard most >= 1, Int(most) <= DecimalText.decimalsMax, least <= most else {
            throw start.corruption(
                "decimals", expected: "1...\(DecimalText.decimalsMax)", found: "\(least)...\(most)")
        }
        return DecimalText(decimals: Int(most), decimalsMin: Int(least))
    }

    /// Reads the numbers of all rows; fails when one lies outside `range`.
    func readNumbers(
        _ source: inout ColumnSource, range: ClosedRange<Int64>
    ) throws(CorruptionError) -> [Int64] {
        var numbers = [Int64](repeating: 0, count: column.count)
        try numbers.withUnsafeMutableBufferPointer { numbers throws(CorruptionError) in
            guard let first = numbers.baseAddress else { return }
            try NumberSeries.decode(&source, count: numbers.count, to: first)
        }
        try check(numbers, range, source)
        return numbers
    }

    /// Reads the instants of all rows in units of `text`.
    func readInstants(_ source: inout ColumnSource, _ text: ClockText) throws(CorruptionError) -> [Int64] {
        precondition(timestamps.count == column.count, "\(timestamps.count) timestamps of \(column.count) rows")
        var numbers = try readNumbers(&source, range: .min ... .max)
        for index in 0..<numbers.count { numbers[index] &+= text.base(timestamps[index]) }
        try check(numbers, text.range, source)
        return numbers
    }

    private func check(
        _ numbers: [Int64], _ range: ClosedRange<Int64>, _ source: ColumnSource
    ) throws(CorruptionError) {
        var low = range.lowerBound
        var high = range.upperBound
        for number in numbers {
            low = min(low, number)
            high = max(high, number)
        }
        guard low >= range.lowerBound, high <= range.upperBound else {
            throw source.corruption("numbers", expected: "\(range)", found: "\(low)...\(high)")
        }
    }

    @inline(__always)
    private func write<Text: NumberText>(
        _ form: Text, _ rows: [UInt32]?, _ numbers: [Int64], into buffer: inout ValueBuffer
    ) {
        var text = form
        if let rows {
            buffer.appendTexts(count: rows.count, lengthMax: text.lengthMax) { index, target in
                text.write(numbers[Int(rows[index])], at: target)
            }
        } else {
            buffer.appendTexts(count: numbers.count, lengthMax: text.lengthMax) { index, target in
                text.write(numbers[index], at: target)
            }
        }
    }
}
