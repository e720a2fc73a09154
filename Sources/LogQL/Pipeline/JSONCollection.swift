import WeirBytes

/// Paths with `[]`, as in `| json codes="errors[].code"`: the values in all elements as a JSON array. An extension.
enum JSONCollection {
    /// The array of what the path leads to, each value as it stands in the line; nil when it leads to nothing.
    static func find(
        _ path: ArraySlice<JSONFieldsStage.Step>, in bytes: UnsafeRawBufferPointer, _ arena: inout ByteArena
    ) -> UnsafeRawBufferPointer? {
        var found: [UnsafeRawBufferPointer] = []
        collect(path, JSONCursor(bytes), &found, &arena)
        guard !found.isEmpty else { return nil }
        let room = arena.allocate(found.reduce(1) { $0 + $1.count + 1 })
        var position = 0
        for (index, value) in found.enumerated() {
            room[position] = index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ",")
            UnsafeMutableRawBufferPointer(rebasing: room[(position + 1)...]).copyMemory(from: value)
            position += 1 + value.count
        }
        room[position] = UInt8(ascii: "]")
        return UnsafeRawBufferPointer(room)
    }

    private static func collect(
        _ path: ArraySlice<JSONFieldsStage.Step>, _ start: JSONCursor, _ found: inout [UnsafeRawBufferPointer],
        _ arena: inout ByteArena
    ) {
        var cursor = start
        for (index, step) in zip(path.indices, path) {
            switch step {
            case .key(let key): guard JSONFieldsStage.seek(key, &cursor, &arena) else { return }
            case .index(let index): guard JSONFieldsStage.seek(index, &cursor) else { return }
            case .each: return collectElements(path[(index + 1)...], cursor, &found, &arena)
            }
        }
        guard let value = value(&cursor), !value.elementsEqual("null".utf8) else { return }
        found.append(value)
    }

    /// Collects from each element of the array that comes next; a path has few steps, so this is not deep.
    private static func collectElements(
        _ rest: ArraySlice<JSONFieldsStage.Step>, _ start: JSONCursor, _ found: inout [UnsafeRawBufferPointer],
        _ arena: inout ByteArena
    ) {
        var cursor = start
        guard cursor.take(UInt8(ascii: "[")), cursor.next() != UInt8(ascii: "]") else { return }
        repeat {
            guard let element = value(&cursor) else { return }
            collect(rest, JSONCursor(element), &found, &arena)
        } while cursor.take(UInt8(ascii: ","))
    }

    /// Moves over the value that comes next and gives its bytes.
    private static func value(_ cursor: inout JSONCursor) -> UnsafeRawBufferPointer? {
        guard cursor.next() != nil else { return nil }
        let start = cursor.offset
        return cursor.skipValue() ? cursor.bytes(from: start) : nil
    }
}
