/// Takes values out of `key=value key="quoted value"` text.
final class LogfmtStage: Sendable {
    private let source: Int?
    private let wanted: [(key: [UInt8], slot: Int)]

    init(_ settings: StageConfiguration.Logfmt, _ plan: inout StagePlan) {
        source = settings.source.map { plan.value($0) }
        var wanted: [(key: [UInt8], slot: Int)] = []
        for (name, key) in settings.mapping.sorted(by: { $0.key < $1.key }) {
            let text = key ?? ""
            wanted.append((Array((text.isEmpty ? name : text).utf8), plan.value(name)))
        }
        self.wanted = wanted
    }

    func run(_ work: inout EntryWork, _ scratch: inout ScratchArena) {
        var input = work.line
        if let source {
            guard let value = work.values[source] else { return }
            input = value
        }
        var position = 0
        while position < input.count {
            while position < input.count, input[position] <= 0x20 { position += 1 }
            let start = position
            while position < input.count, input[position] > 0x20, input[position] != UInt8(ascii: "=") { position += 1 }
            let key = input.part(start..<position)
            var value = input.part(position..<position)
            if position < input.count, input[position] == UInt8(ascii: "=") {
                position += 1
                value = LogfmtStage.value(input, &position, &scratch)
            }
            for pair in wanted where pair.key.count == key.count {
                if pair.key.withUnsafeBytes({ $0.equals(key) }) { work.values[pair.slot] = value }
            }
        }
    }

    /// Reads a bare or quoted value and moves behind it.
    private static func value(
        _ input: UnsafeRawBufferPointer, _ position: inout Int, _ scratch: inout ScratchArena
    ) -> UnsafeRawBufferPointer {
        let start = position
        guard position < input.count, input[position] == UInt8(ascii: "\"") else {
            while position < input.count, input[position] > 0x20 { position += 1 }
            return input.part(start..<position)
        }
        position += 1
        var hasEscape = false
        while position < input.count, input[position] != UInt8(ascii: "\"") {
            if input[position] == UInt8(ascii: "\\") {
                hasEscape = true
                position += 1
            }
            position += 1
        }
        let end = min(position, input.count)
        position = min(end + 1, input.count)
        guard hasEscape else { return input.part(start + 1..<end) }
        let written = JSONEscapes.unescape(input, start + 1..<end, to: scratch.reserve(end - start))
        return scratch.commit(written)
    }
}
