import WeirBytes
import WeirModel

/// Finds wanted fields in a sample of a kind of lines, by the rules of the parser that the query names.
///
/// It is sure or it gives up: a kind that it does not understand to the last byte is read line by line.
struct FieldHoles: ~Copyable {
    private let sample: UnsafeRawBufferPointer
    private let holes: [Range<Int>]
    /// The label names of the fields as a parser makes them, before any suffix.
    private let keys: [[UInt8]]
    private var found: [FieldHole?]
    /// How many holes lie in values that have been passed.
    private var passed = 0
    private var arena = ByteArena()

    private static let depthMax = 128

    init(_ sample: UnsafeRawBufferPointer, holes: [Range<Int>], keys: [[UInt8]]) {
        self.sample = sample
        self.holes = holes
        self.keys = keys
        found = Array(repeating: nil, count: keys.count)
    }

    // MARK: JSON

    /// The holes that `| json` would make the fields of; nil when that is in doubt.
    consuming func inJSON() -> [FieldHole?]? {
        var cursor = JSONCursor(sample)
        let noPrefix = UnsafeRawBufferPointer(start: nil, count: 0)
        guard readObject(&cursor, prefix: noPrefix, depth: 0), passed == holes.count else { return nil }
        return found
    }

    private mutating func readObject(_ cursor: inout JSONCursor, prefix: UnsafeRawBufferPointer, depth: Int) -> Bool {
        guard depth < FieldHoles.depthMax, cursor.take(UInt8(ascii: "{")) else { return false }
        if cursor.take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let key = cursor.string(), !key.hasEscape, cursor.take(UInt8(ascii: ":")) else { return false }
            let name = LabelNameText.make(prefix: prefix, key: key.plain(in: &arena), arena: &arena)
            guard readValue(of: name, &cursor, depth: depth) else { return false }
        } while cursor.take(UInt8(ascii: ","))
        return cursor.take(UInt8(ascii: "}"))
    }

    private mutating func readValue(
        of name: UnsafeRawBufferPointer?, _ cursor: inout JSONCursor, depth: Int
    ) -> Bool {
        guard let first = cursor.next() else { return false }
        let start = cursor.offset
        let field = name.flatMap { self.field(of: $0) }
        if first == UInt8(ascii: "{") {
            guard field == nil else { return false }
            if let name { return readObject(&cursor, prefix: name, depth: depth + 1) }
            return cursor.skipBlock() && pass(start..<cursor.offset)
        }
        guard let value = cursor.value() else { return false }
        switch value {
        case .string:
            let inside = start + 1..<cursor.offset - 1
            return note(field, inside, .jsonString) && pass(inside)
        case .plain:
            return note(field, start..<cursor.offset, .jsonWord) && pass(start..<cursor.offset)
        case .skipped:
            guard field == nil || first == UInt8(ascii: "n") else { return false }
            return note(field, start..<cursor.offset, .jsonWord) && pass(start..<cursor.offset)
        }
    }

    // MARK: logfmt

    /// The holes that `| logfmt` would make the fields of; nil when that is in doubt.
    consuming func inLogfmt(isStrict: Bool, keepsEmpty: Bool) -> [FieldHole?]? {
        var scanner = LogfmtScanner(sample)
        while true {
            switch scanner.next() {
            case .fault: return nil
            case .end: return passed == holes.count ? found : nil
            case .pair(let key, let value, _):
                let keyBytes = UnsafeRawBufferPointer(rebasing: sample[key])
                let noPrefix = UnsafeRawBufferPointer(start: nil, count: 0)
                let name = LabelNameText.make(prefix: noPrefix, key: keyBytes, arena: &arena)
                var field = name.flatMap { self.field(of: $0) }
                // A key that never has a value makes no label.
                if value.isEmpty, !keepsEmpty, !isHole(value) { field = nil }
                let isAlone = value.lowerBound == key.upperBound
                let isQuoted = value.lowerBound > key.upperBound + 1
                // A hole there would change the key, and an invalid escape would be a fault of the whole line.
                guard !isAlone || !isHole(value), !isStrict || !isQuoted,
                    note(field, value, isQuoted ? .logfmtString : .logfmtWord), pass(value)
                else { return nil }
            }
        }
    }

    // MARK: Holes

    private func field(of name: UnsafeRawBufferPointer) -> Int? {
        keys.firstIndex { key in key.withUnsafeBytes { ByteHash.isEqual($0, name) } }
    }

    private func isHole(_ range: Range<Int>) -> Bool { passed < holes.count && holes[passed] == range }

    /// Remembers the value of a field; false when it is no hole of its own, or the field's second value.
    private mutating func note(_ field: Int?, _ value: Range<Int>, _ form: FieldForm) -> Bool {
        guard let field else { return true }
        guard found[field] == nil, isHole(value) else { return false }
        found[field] = FieldHole(hole: passed, form: form.rawValue)
        return true
    }

    /// Moves over the holes of a value; false when one before its end lies outside of it.
    private mutating func pass(_ value: Range<Int>) -> Bool {
        while passed < holes.count, holes[passed].lowerBound <= value.upperBound {
            guard holes[passed].lowerBound >= value.lowerBound, holes[passed].upperBound <= value.upperBound else {
                return false
            }
            passed += 1
        }
        return true
    }
}
