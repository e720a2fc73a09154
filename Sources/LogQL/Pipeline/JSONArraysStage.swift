import WeirBytes

/// `| json --arrays`: as `| json`, and the elements of arrays become labels too, with their position in the name:
/// `{"a":[{"b":1},2]}` gives `a_0_b` and `a_1`. An extension.
final class JSONArraysStage: Sendable {
    private let wanted: WantedLabels

    /// How many objects and arrays may lie inside each other; deeper ones would only exhaust the stack.
    private static let depthMax = 128

    init(context: inout StageContext) {
        wanted = WantedLabels(context.demand, names: &context.names)
    }

    /// Reads the line; it always goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        guard !wanted.isNothing else { return true }
        var cursor = JSONCursor(entry.line)
        guard cursor.next() == UInt8(ascii: "{") else {
            entry.fail(.json, details: JSONFault.object)
            return true
        }
        if let fault = readValue(&cursor, name: UnsafeRawBufferPointer(start: nil, count: 0), depth: 0, &entry) {
            entry.fail(.json, details: fault)
        }
        return true
    }

    /// Reads the value at the cursor into labels that begin with `name`; what is wrong with it, if anything.
    private func readValue(
        _ cursor: inout JSONCursor, name: UnsafeRawBufferPointer, depth: Int, _ entry: inout PipelineEntry
    ) -> String? {
        guard let first = cursor.next() else { return JSONFault.json }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < JSONArraysStage.depthMax else { return JSONFault.object }
            if !name.isEmpty, !wanted.mayBegin(with: name) {
                return cursor.skipBlock() ? nil : JSONFault.object
            }
            cursor.skip()
            return first == UInt8(ascii: "{")
                ? readMembers(&cursor, prefix: name, depth: depth + 1, &entry)
                : readElements(&cursor, prefix: name, depth: depth + 1, &entry)
        default:
            guard let value = cursor.value() else { return cursor.valueFault(startingWith: first) }
            let text: UnsafeRawBufferPointer
            switch value {
            case .skipped: return nil
            case .plain(let bytes): text = bytes
            case .string(let string): text = string.plain(in: &entry.arena)
            }
            if !name.isEmpty, let label = wanted.name(for: name, in: &entry.labels) {
                entry.labels.extract(label, text)
            }
            return nil
        }
    }

    private func readMembers(
        _ cursor: inout JSONCursor, prefix: UnsafeRawBufferPointer, depth: Int, _ entry: inout PipelineEntry
    ) -> String? {
        if cursor.take(UInt8(ascii: "}")) { return nil }
        while true {
            guard cursor.next() == UInt8(ascii: "\"") else { return JSONFault.object }
            guard let key = cursor.string(), cursor.take(UInt8(ascii: ":")) else { return JSONFault.json }
            let keyText = key.plain(in: &entry.arena)
            if let name = LabelNameText.make(prefix: prefix, key: keyText, arena: &entry.arena) {
                if let fault = readValue(&cursor, name: name, depth: depth, &entry) { return fault }
            } else if !cursor.skipValue() {
                return JSONFault.json
            }
            if cursor.take(UInt8(ascii: "}")) { return nil }
            guard cursor.take(UInt8(ascii: ",")) else { return JSONFault.object }
        }
    }

    private func readElements(
        _ cursor: inout JSONCursor, prefix: UnsafeRawBufferPointer, depth: Int, _ entry: inout PipelineEntry
    ) -> String? {
        if cursor.take(UInt8(ascii: "]")) { return nil }
        var index = 0
        while true {
            let position = entry.arena.copy("\(index)")
            guard let name = LabelNameText.make(prefix: prefix, key: position, arena: &entry.arena) else {
                return JSONFault.array
            }
            if let fault = readValue(&cursor, name: name, depth: depth, &entry) { return fault }
            if cursor.take(UInt8(ascii: "]")) { return nil }
            guard cursor.take(UInt8(ascii: ",")) else { return JSONFault.array }
            index += 1
        }
    }
}

extension JSONCursor {
    /// Moves over a value of any kind; false when it is broken.
    mutating func skipValue() -> Bool {
        next() == UInt8(ascii: "{") ? skipBlock() : value() != nil
    }
}
