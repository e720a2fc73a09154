import WeirTemplate

extension TemplateFunctions {
    /// Functions of texts.
    static let texts: [String: TemplateFunction] = {
        let lower = mapping(1) { mappedCase($0[0]) { $0.properties.lowercaseMapping } }
        let upper = mapping(1) { mappedCase($0[0]) { $0.properties.uppercaseMapping } }
        let trimSpace = mapping(1) { trimmed($0[0], .both) { $0.properties.isWhitespace } }
        return [
            "ToLower": lower, "lower": lower, "ToUpper": upper, "upper": upper, "TrimSpace": trimSpace,
            "trim": trimSpace,
            "title": mapping(1) { titled($0[0]) },
            "Trim": mapping(2) { trimmed($0[0], .both, $0[1]) },
            "TrimLeft": mapping(2) { trimmed($0[0], .left, $0[1]) },
            "TrimRight": mapping(2) { trimmed($0[0], .right, $0[1]) },
            "trimAll": mapping(2) { trimmed($0[1], .both, $0[0]) },
            "TrimPrefix": mapping(2) { withoutPrefix($0[0], $0[1]) },
            "trimPrefix": mapping(2) { withoutPrefix($0[1], $0[0]) },
            "TrimSuffix": mapping(2) { withoutSuffix($0[0], $0[1]) },
            "trimSuffix": mapping(2) { withoutSuffix($0[1], $0[0]) },
            "Replace": TemplateFunction([.string, .string, .string, .integer]) { arguments, _ throws(Failure) in
                let parts = arguments.prefix(3).map(bytes)
                return .string(try replaced(parts[0], parts[1], parts[2], max: integer(arguments[3])))
            },
            "replace": TemplateFunction([.string, .string, .string]) { arguments, _ throws(Failure) in
                let parts = arguments.map(bytes)
                return .string(try replaced(parts[2], parts[0], parts[1], max: -1))
            },
            "contains": test { find($0[0], in: $0[1]) != nil },
            "hasPrefix": test { $0[1].starts(with: $0[0]) },
            "hasSuffix": test { $0[1].suffix($0[0].count).elementsEqual($0[0]) },
            "trunc": sized { count, text in truncated(text, count) },
            "substr": TemplateFunction([.integer, .integer, .string]) { arguments, _ throws(Failure) in
                .string(try part(bytes(arguments[2]), integer(arguments[0]), integer(arguments[1])))
            },
            "repeat": sized { count, text throws(Failure) in
                guard count >= 0 else { throw Failure("strings: negative Repeat count") }
                let (size, overflow) = count.multipliedReportingOverflow(by: text.count)
                try checkSize(overflow ? .max : size)
                return Array(repeatElement(text, count: text.isEmpty ? 0 : count).joined())
            },
            "indent": sized { count, text throws(Failure) in try indented(text, count) },
            "nindent": sized { count, text throws(Failure) in [0x0a] + (try indented(text, count)) },
            "alignLeft": sized { count, text throws(Failure) in try aligned(text, count, cutsLeft: false) },
            "alignRight": sized { count, text throws(Failure) in try aligned(text, count, cutsLeft: true) },
        ]
    }()

    private static func test(_ body: @escaping @Sendable ([[UInt8]]) -> Bool) -> TemplateFunction {
        TemplateFunction([.string, .string]) { arguments, _ in .bool(body(arguments.map(bytes))) }
    }

    /// Changes letters whose other case is one letter too; `ß` stays, as in Go.
    private static func mappedCase(_ bytes: [UInt8], _ mapping: (Unicode.Scalar) -> String) -> [UInt8] {
        var view = String.UnicodeScalarView()
        for element in GoScalars(bytes) {
            let mapped = mapping(element.scalar).unicodeScalars
            view.append(mapped.count == 1 ? mapped.first! : element.scalar)
        }
        return Array(String(view).utf8)
    }

    private static func titled(_ bytes: [UInt8]) -> [UInt8] {
        var view = String.UnicodeScalarView()
        var isInWord = false
        for scalar in GoScalars(bytes).map(\.scalar) {
            let mapped = scalar.properties.titlecaseMapping.unicodeScalars
            view.append(isInWord || mapped.count != 1 ? scalar : mapped.first!)
            isInWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
        }
        return Array(String(view).utf8)
    }

    private enum Side {
        case left, right, both
    }

    private static func trimmed(_ bytes: [UInt8], _ side: Side, _ set: [UInt8]) -> [UInt8] {
        let scalars = Set(GoScalars(set).map(\.scalar))
        return trimmed(bytes, side) { scalars.contains($0) }
    }

    private static func trimmed(
        _ bytes: [UInt8], _ side: Side, _ isDropped: (Unicode.Scalar) -> Bool
    ) -> [UInt8] {
        var elements = Array(GoScalars(bytes))[...]
        var start = 0
        var end = bytes.count
        if side != .right {
            while let first = elements.first, isDropped(first.scalar) { start += elements.removeFirst().count }
        }
        if side != .left {
            while let last = elements.last, isDropped(last.scalar) { end -= elements.removeLast().count }
        }
        return Array(bytes[start..<end])
    }

    private static func withoutPrefix(_ bytes: [UInt8], _ prefix: [UInt8]) -> [UInt8] {
        bytes.starts(with: prefix) ? Array(bytes.dropFirst(prefix.count)) : bytes
    }

    private static func withoutSuffix(_ bytes: [UInt8], _ suffix: [UInt8]) -> [UInt8] {
        bytes.suffix(suffix.count).elementsEqual(suffix) ? Array(bytes.dropLast(suffix.count)) : bytes
    }

    private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        guard needle.count <= bytes.count - start else { return nil }
        return (start...(bytes.count - needle.count)).first { bytes[$0...].starts(with: needle) }
    }

    private static func replaced(
        _ bytes: [UInt8], _ old: [UInt8], _ new: [UInt8], max: Int
    ) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        var start = 0
        var count = 0
        while max < 0 || count < max {
            var found = find(old, in: bytes, from: start)
            // An empty text is found before every character and at the end.
            if old.isEmpty, count > 0 {
                guard start < bytes.count else { break }
                found = start + characterLength(bytes, at: start)
            }
            guard let found else { break }
            result += bytes[start..<found]
            result += new
            try checkSize(result.count)
            start = found + old.count
            count += 1
        }
        return result + bytes[start...]
    }

    private static func characterLength(_ bytes: [UInt8], at start: Int) -> Int {
        var end = start + 1
        while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
        return end - start
    }

    /// The first bytes, or the last ones for a negative count.
    private static func truncated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        if count >= 0 { return Array(bytes.prefix(count)) }
        return count > -bytes.count ? Array(bytes.suffix(-count)) : bytes
    }

    private static func part(_ bytes: [UInt8], _ start: Int, _ end: Int) throws(Failure) -> [UInt8] {
        if start < 0 {
            guard end >= 0, end <= bytes.count else {
                throw Failure("runtime error: slice bounds out of range [:\(end)] with length \(bytes.count)")
            }
            return Array(bytes[..<end])
        }
        let end = end < 0 || end > bytes.count ? bytes.count : end
        guard start <= end else { throw Failure("runtime error: slice bounds out of range [\(start):\(end)]") }
        return Array(bytes[start..<end])
    }

    private static func indented(_ bytes: [UInt8], _ count: Int) throws(Failure) -> [UInt8] {
        guard count >= 0 else { throw Failure("strings: negative Repeat count") }
        let lines = bytes.count { $0 == 0x0a } + 1
        let (size, overflow) = lines.multipliedReportingOverflow(by: count)
        try checkSize(overflow ? .max : size)
        let padding = [UInt8](repeating: 0x20, count: count)
        return padding + (try replaced(bytes, [0x0a], [0x0a] + padding, max: -1))
    }

    private static func aligned(_ bytes: [UInt8], _ count: Int, cutsLeft: Bool) throws(Failure) -> [UInt8] {
        let scalars = GoScalars(bytes).map(\.scalar)
        let length = scalars.count
        if count < 0 || count == length { return bytes }
        if count < length {
            let kept = cutsLeft ? scalars.suffix(count) : scalars.prefix(count)
            return kept.flatMap { Array(UTF8.encode($0)!) }
        }
        try checkSize(count)
        let padding = [UInt8](repeating: 0x20, count: count - length)
        return cutsLeft ? padding + bytes : bytes + padding
    }
}
