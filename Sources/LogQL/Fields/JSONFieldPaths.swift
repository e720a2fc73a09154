import WeirBytes

/// Tells by which keys the labels that `| json` makes of a line are reached.
struct JSONFieldPaths: ~Copyable {
    private var paths: [String: [String]] = [:]
    private var arena = ByteArena()

    /// Deeper objects are a fault to the stage as well.
    private static let depthMax = 128

    /// The keys for each label, from the outermost object to the field; what stands behind a fault is missing.
    static func paths(in line: UnsafeRawBufferPointer) -> [String: [String]] {
        var cursor = JSONCursor(line)
        var reading = JSONFieldPaths()
        _ = reading.readObject(&cursor, prefix: UnsafeRawBufferPointer(start: nil, count: 0), path: [])
        return reading.paths
    }

    /// Reads an object; false at a fault.
    private mutating func readObject(
        _ cursor: inout JSONCursor, prefix: UnsafeRawBufferPointer, path: [String]
    ) -> Bool {
        guard path.count < JSONFieldPaths.depthMax, cursor.take(UInt8(ascii: "{")) else { return false }
        while let next = cursor.next() {
            if next == UInt8(ascii: "}") {
                cursor.skip()
                return true
            }
            guard next == UInt8(ascii: "\""), let key = cursor.string(), cursor.take(UInt8(ascii: ":")) else {
                return false
            }
            guard readMember(key.plain(in: &arena), &cursor, prefix: prefix, path: path) else { return false }
            if cursor.next() == UInt8(ascii: ",") { cursor.skip() }
        }
        return false
    }

    private mutating func readMember(
        _ key: UnsafeRawBufferPointer, _ cursor: inout JSONCursor, prefix: UnsafeRawBufferPointer, path: [String]
    ) -> Bool {
        let inner = path + [String(decoding: key, as: UTF8.self)]
        let name = LabelNameText.make(prefix: prefix, key: key, arena: &arena)
        guard cursor.next() == UInt8(ascii: "{") else {
            guard cursor.value() != nil else { return false }
            if let name { add(String(decoding: name, as: UTF8.self), inner) }
            return true
        }
        guard let name else { return cursor.skipBlock() }
        return readObject(&cursor, prefix: name, path: inner)
    }

    private mutating func add(_ name: String, _ path: [String]) {
        if paths[name] == nil { paths[name] = path }
    }
}
