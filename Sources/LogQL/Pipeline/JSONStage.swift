import WeirBytes

/// `| json`: the members of an object become labels, those of inner objects with their path joined by `_`.
///
/// Reads as leniently as Loki: numbers are taken as they stand, arrays and nulls are passed over unread, what follows
/// the object does not matter. Labels found before a fault stay.
final class JSONStage: Sendable {
    private let wanted: WantedLabels

    /// How many objects may lie inside each other; deeper ones are a fault, as they would only exhaust the stack.
    private static let depthMax = 128

    init(context: inout StageContext) {
        wanted = WantedLabels(context.demand, names: &context.names)
    }

    /// Reads the line; it always goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        guard !wanted.isNothing else { return true }
        var missing = wanted.missing(in: entry.labels)
        guard missing > 0 else { return true }
        var cursor = JSONCursor(entry.line)
        let noPrefix = UnsafeRawBufferPointer(start: nil, count: 0)
        let end = readObject(&cursor, prefix: noPrefix, depth: 0, &missing, &entry)
        if case .fault(let details) = end { entry.fail(.json, details: details) }
        return true
    }

    private enum End {
        case complete
        /// Everything wanted was found.
        case satisfied
        case fault(String)
    }

    private func readObject(
        _ cursor: inout JSONCursor, prefix: UnsafeRawBufferPointer, depth: Int, _ missing: inout Int,
        _ entry: inout PipelineEntry
    ) -> End {
        guard depth < JSONStage.depthMax, cursor.take(UInt8(ascii: "{")) else { return .fault(JSONFault.object) }
        while true {
            guard let next = cursor.next() else { return .fault(JSONFault.json) }
            if next == UInt8(ascii: "}") {
                cursor.skip()
                return .complete
            }
            guard next == UInt8(ascii: "\"") else { return .fault(JSONFault.object) }
            guard let key = cursor.string(), cursor.take(UInt8(ascii: ":")) else { return .fault(JSONFault.json) }
            if prefix.isEmpty, wanted.cannotBe(key), cursor.skipText() {
                if let fault = faultBehindMember(&cursor) { return .fault(fault) }
                continue
            }
            let end = readMember(key, &cursor, prefix: prefix, depth: depth, &missing, &entry)
            guard case .complete = end else { return end }
            if let fault = faultBehindMember(&cursor) { return .fault(fault) }
        }
    }

    /// Moves over a comma; the fault if what follows a member is neither the next one nor the end of the object.
    @inline(__always)
    private func faultBehindMember(_ cursor: inout JSONCursor) -> String? {
        guard let separator = cursor.next() else { return JSONFault.array }
        guard separator == UInt8(ascii: ",") else { return separator == UInt8(ascii: "}") ? nil : JSONFault.object }
        cursor.skip()
        return cursor.next() == nil ? JSONFault.object : nil
    }

    private func readMember(
        _ key: JSONCursor.Text, _ cursor: inout JSONCursor, prefix: UnsafeRawBufferPointer, depth: Int,
        _ missing: inout Int, _ entry: inout PipelineEntry
    ) -> End {
        guard let first = cursor.next() else { return .fault(JSONFault.json) }
        if first == UInt8(ascii: "{") {
            let keyText = key.plain(in: &entry.arena)
            guard let path = LabelNameText.make(prefix: prefix, key: keyText, arena: &entry.arena),
                wanted.mayBegin(with: path)
            else { return cursor.skipBlock() ? .complete : .fault(JSONFault.object) }
            return readObject(&cursor, prefix: path, depth: depth + 1, &missing, &entry)
        }
        guard let value = cursor.value() else { return .fault(cursor.valueFault(startingWith: first)) }
        let text: UnsafeRawBufferPointer
        switch value {
        case .skipped: return .complete
        case .plain(let bytes): text = bytes
        case .string(let string):
            guard let name = labelName(key, prefix: prefix, &entry) else { return .complete }
            return keep(name, string.plain(in: &entry.arena), &missing, &entry)
        }
        guard let name = labelName(key, prefix: prefix, &entry) else { return .complete }
        return keep(name, text, &missing, &entry)
    }

    /// The label for a key; nil when nobody wants it or it is empty.
    private func labelName(
        _ key: JSONCursor.Text, prefix: UnsafeRawBufferPointer, _ entry: inout PipelineEntry
    ) -> LabelName? {
        let keyText = key.plain(in: &entry.arena)
        guard let text = LabelNameText.make(prefix: prefix, key: keyText, arena: &entry.arena) else { return nil }
        return wanted.name(for: text, in: &entry.labels)
    }

    private func keep(
        _ name: LabelName, _ value: UnsafeRawBufferPointer, _ missing: inout Int, _ entry: inout PipelineEntry
    ) -> End {
        let isNew = !wanted.isEverything && !entry.labels.isParsed(entry.labels.extractionName(of: name))
        entry.labels.extract(name, value)
        guard isNew else { return .complete }
        missing -= 1
        return missing == 0 ? .satisfied : .complete
    }
}

/// What `__error_details__` says of a line that is no JSON; the texts are those of Loki's parser.
enum JSONFault {
    static let object = "Value looks like object, but can't find closing '}' symbol"
    static let array = "Value is array, but can't find closing ']' symbol"
    static let string = "Value is string, but can't find closing '\"' symbol"
    static let value = "Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol"
    static let type = "Unknown value type"
    static let json = "Malformed JSON error"
}
