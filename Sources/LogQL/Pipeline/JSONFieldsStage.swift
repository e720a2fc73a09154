import WeirBytes

/// `| json status="response.code", first="list[0]"`: the values at some paths become labels.
final class JSONFieldsStage: Sendable {
    private let fields: [Field]

    private struct Field: Sendable {
        let name: LabelName
        let path: [Step]
        /// Whether the path has a step `[]`.
        let isCollected: Bool
    }

    /// One step of a path.
    enum Step: Sendable, Hashable {
        case key([UInt8])
        case index(Int)
        /// `[]`: every element; an extension.
        case each
    }

    /// Builds the stage.
    init(_ syntax: [FieldSyntax], context: inout StageContext) throws(StageError) {
        var fields: [Field] = []
        for field in syntax {
            let path: [Step]
            do {
                path = try JSONPath.parse(field.expression)
            } catch {
                throw StageError("cannot parse expression [\(field.expression)]: \(error.message)")
            }
            let isCollected = path.contains(.each)
            if isCollected, context.surroundings.dialect == .loki {
                throw StageError("cannot parse expression [\(field.expression)]: syntax error: unexpected ']'")
            }
            fields.append(Field(name: context.names.intern(field.name), path: path, isCollected: isCollected))
        }
        if case .only(let wanted) = context.demand, wanted.isEmpty { fields = [] }
        self.fields = fields
    }

    /// Reads the line; it always goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        guard !fields.isEmpty, let first = entry.line.first else { return true }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\"") else {
            entry.fail(.json)
            return true
        }
        for field in fields {
            let value =
                field.isCollected
                ? JSONCollection.find(field.path[...], in: entry.line, &entry.arena)
                : JSONFieldsStage.find(field.path[...], in: entry.line, &entry.arena)
            entry.labels.extract(field.name, value ?? UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return true
    }

    /// The text at a path; nil when there is nothing or null.
    static func find(
        _ path: ArraySlice<Step>, in bytes: UnsafeRawBufferPointer, _ arena: inout ByteArena
    ) -> UnsafeRawBufferPointer? {
        var cursor = JSONCursor(bytes)
        for step in path {
            switch step {
            case .key(let key): guard seek(key, &cursor, &arena) else { return nil }
            case .index(let index): guard seek(index, &cursor) else { return nil }
            case .each: return nil
            }
        }
        guard let first = cursor.next() else { return nil }
        let start = cursor.offset
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            return cursor.skipBlock() ? cursor.bytes(from: start) : nil
        }
        switch cursor.value() {
        case .plain(let text): return text
        case .string(let text): return text.plain(in: &arena)
        case .skipped, nil: return nil
        }
    }

    /// Moves to the value of a key of the object that comes next.
    static func seek(_ key: [UInt8], _ cursor: inout JSONCursor, _ arena: inout ByteArena) -> Bool {
        guard cursor.take(UInt8(ascii: "{")) else { return false }
        while cursor.next() == UInt8(ascii: "\"") {
            guard let found = cursor.string(), cursor.take(UInt8(ascii: ":")) else { return false }
            if key.withUnsafeBytes({ ByteHash.isEqual($0, found.plain(in: &arena)) }) { return true }
            guard skipValue(&cursor), cursor.take(UInt8(ascii: ",")) else { return false }
        }
        return false
    }

    /// Moves to an element of the array that comes next.
    static func seek(_ index: Int, _ cursor: inout JSONCursor) -> Bool {
        guard cursor.take(UInt8(ascii: "[")) else { return false }
        for _ in 0..<index {
            guard skipValue(&cursor), cursor.take(UInt8(ascii: ",")) else { return false }
        }
        guard let next = cursor.next() else { return false }
        return next != UInt8(ascii: "]")
    }

    private static func skipValue(_ cursor: inout JSONCursor) -> Bool {
        cursor.next() == UInt8(ascii: "{") ? cursor.skipBlock() : cursor.value() != nil
    }
}
