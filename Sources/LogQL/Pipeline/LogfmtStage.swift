import WeirBytes

/// `| logfmt`: pairs `key=value` become labels; with fields, only theirs, under other names.
final class LogfmtStage: Sendable {
    private let isStrict: Bool
    private let keepsEmpty: Bool
    private let wanted: WantedLabels
    private let fields: [Field]

    private struct Field: Sendable {
        let name: LabelName
        let key: [UInt8]
    }

    /// Builds the stage.
    init(
        isStrict: Bool, keepsEmpty: Bool, fields syntax: [FieldSyntax], context: inout StageContext
    ) throws(StageError) {
        self.isStrict = isStrict
        self.keepsEmpty = keepsEmpty
        var fields: [Field] = []
        for field in syntax {
            let key = Array(field.expression.utf8)
            guard !key.isEmpty, !key.contains(where: { $0 <= 0x20 || $0 == 0x3d || $0 == 0x22 }) else {
                throw StageError("cannot parse expression [\(field.expression)]: syntax error: unexpected $end")
            }
            fields.append(Field(name: context.names.intern(field.name), key: key))
        }
        self.fields = fields
        wanted = WantedLabels(context.demand, names: &context.names)
    }

    /// Reads the line; it always goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        guard !wanted.isNothing else { return true }
        if fields.isEmpty { readAll(&entry) } else { readFields(&entry) }
        return true
    }

    private func readAll(_ entry: inout PipelineEntry) {
        var missing = wanted.missing(in: entry.labels)
        guard missing > 0 else { return }
        var scanner = LogfmtScanner(entry.line)
        while true {
            switch scanner.next() {
            case .end: return
            case .fault(let offset):
                guard isStrict else { continue }
                return fail(&entry, at: offset)
            case .pair(let key, let range, let hasEscape):
                guard !range.isEmpty || keepsEmpty else { continue }
                let keyBytes = UnsafeRawBufferPointer(rebasing: entry.line[key])
                let noPrefix = UnsafeRawBufferPointer(start: nil, count: 0)
                guard let text = LabelNameText.make(prefix: noPrefix, key: keyBytes, arena: &entry.arena),
                    let name = wanted.name(for: text, in: &entry.labels)
                else { continue }
                guard let value = LogfmtStage.value(range, hasEscape, &entry) else {
                    guard isStrict else { continue }
                    return fail(&entry, at: range.lowerBound)
                }
                let isNew = !wanted.isEverything && !entry.labels.isParsed(entry.labels.extractionName(of: name))
                entry.labels.extract(name, value)
                if isNew {
                    missing -= 1
                    if missing == 0 { return }
                }
            }
        }
    }

    /// Of a key that repeats, the last value counts, even an empty one.
    private func readFields(_ entry: inout PipelineEntry) {
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: fields.count) { values in
            values.initialize(repeating: empty)
            find(values, &entry)
            for (index, field) in fields.enumerated() { entry.labels.extract(field.name, values[index]) }
        }
    }

    private func find(_ values: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>, _ entry: inout PipelineEntry) {
        var scanner = LogfmtScanner(entry.line)
        while true {
            switch scanner.next() {
            case .end: return
            case .fault(let offset):
                guard isStrict else { continue }
                return fail(&entry, at: offset)
            case .pair(let key, let range, let hasEscape):
                let keyBytes = UnsafeRawBufferPointer(rebasing: entry.line[key])
                for (index, field) in fields.enumerated()
                where field.key.withUnsafeBytes({ ByteHash.isEqual($0, keyBytes) }) {
                    if let value = LogfmtStage.value(range, hasEscape, &entry) { values[index] = value }
                }
            }
        }
    }

    private func fail(_ entry: inout PipelineEntry, at offset: Int) {
        let place = "logfmt syntax error at pos \(offset + 1) :"
        if offset < entry.line.count {
            let byte = String(decoding: entry.line[offset...offset], as: UTF8.self)
            entry.fail(.logfmt, details: "\(place) unexpected '\(byte)'")
        } else {
            entry.fail(.logfmt, details: "\(place) unterminated quoted value")
        }
    }

    /// The text of a value; nil when it has an invalid escape.
    private static func value(
        _ range: Range<Int>, _ hasEscape: Bool, _ entry: inout PipelineEntry
    ) -> UnsafeRawBufferPointer? {
        guard hasEscape else { return UnsafeRawBufferPointer(rebasing: entry.line[range]) }
        var plain: [UInt8] = []
        plain.reserveCapacity(range.count)
        let scanner = JSONScanner(entry.line)
        do { try scanner.unescape(.init(range: range, hasEscape: true), into: &plain) } catch { return nil }
        return plain.withUnsafeBytes { entry.arena.copy($0) }
    }
}
