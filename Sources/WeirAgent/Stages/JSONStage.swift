internal import WeirBytes

/// Takes values out of a JSON object by expressions of JMESPath: names, dotted paths and array positions in one walk over
/// the bytes, everything else over a tree of the document.
final class JSONStage: Sendable {
    private let source: Int?
    private let dropsMalformed: Bool
    private let root: JSONPathNode
    private let slotCount: Int
    private let expressions: [(path: JMESPath, slot: Int)]

    /// A value found, not yet put in its slot: a line that turns out to be no JSON must not leave half its values.
    private struct Found {
        var slot: Int
        var value: UnsafeRawBufferPointer
    }

    init(_ settings: StageConfiguration.JSON, _ plan: inout StagePlan) throws(StageError) {
        source = settings.source.map { plan.value($0) }
        dropsMalformed = settings.dropsMalformed
        var expressions: [(path: JMESPath, slot: Int)] = []
        var paths: [(steps: ArraySlice<JSONPathNode.Step>, slot: Int)] = []
        for (name, expression) in settings.expressions.sorted(by: { $0.key < $1.key }) {
            let text = expression ?? ""
            if let steps = JSONPathNode.parse(text.isEmpty ? name : text) {
                paths.append((steps[...], plan.value(name)))
                continue
            }
            do throws(JMESError) {
                expressions.append((try JMESPath(text), plan.value(name)))
            } catch {
                throw StageError(stage: "json", reason: "expression \(text) is no JMESPath: \(error.message)")
            }
        }
        self.expressions = expressions
        root = JSONPathNode(paths)
        slotCount = settings.expressions.count
    }

    /// Where the parts of Docker's records go, when the stage takes nothing else out of the line; nil when it does.
    ///
    /// The reader has found those parts already, so that such a stage need not look at the line again.
    var dockerSlots: DockerSlots? {
        guard source == nil, expressions.isEmpty, root.slots.isEmpty, root.elements.isEmpty else { return nil }
        var slots = DockerSlots()
        for (key, node) in root.members {
            guard node.isLeaf else { return nil }
            switch String(decoding: key, as: UTF8.self) {
            case "log": slots.log = node.slots
            case "stream": slots.stream = node.slots
            case "time": slots.time = node.slots
            default: return nil
            }
        }
        return slots
    }

    func run(_ work: inout EntryWork, _ scratch: inout ScratchArena) -> StageOutcome {
        var input = work.line
        if let source {
            guard let value = work.values[source] else { return .proceed }
            input = value
        }
        let isSound = withUnsafeTemporaryAllocation(of: Found.self, capacity: max(1, slotCount)) { found in
            var count = 0
            var scanner = JSONScanner(input)
            guard scanner.peek() == UInt8(ascii: "{") else { return false }
            do throws(JSONError) {
                try walk(root, &scanner, found, &count, &scratch)
            } catch {
                return false
            }
            guard scanner.isAtEnd() else { return false }
            for index in 0..<count { work.values[found[index].slot] = found[index].value }
            return true
        }
        if isSound, !expressions.isEmpty { evaluate(input, &work, &scratch) }
        return isSound || !dropsMalformed ? .proceed : .dropped
    }

    private func evaluate(_ input: UnsafeRawBufferPointer, _ work: inout EntryWork, _ scratch: inout ScratchArena) {
        var scanner = JSONScanner(input)
        guard let document = try? JSONTree(&scanner) else { return }
        for (path, slot) in expressions {
            if let text = path.evaluate(document).text { work.values[slot] = scratch.copy(text) }
        }
    }

    /// Moves over the value at the scanner and takes what the node's descendants ask for.
    private func walk(
        _ node: JSONPathNode, _ scanner: inout JSONScanner, _ found: UnsafeMutableBufferPointer<Found>,
        _ count: inout Int, _ scratch: inout ScratchArena
    ) throws(JSONError) {
        if !node.members.isEmpty, scanner.take(UInt8(ascii: "{")) {
            if scanner.take(UInt8(ascii: "}")) { return }
            repeat {
                let key = try scanner.string()
                try scanner.expect(UInt8(ascii: ":"))
                let place = node.place(ofMember: scanner.bytes.part(key.range))
                try visit(place.map { node.members[$0].node }, &scanner, found, &count, &scratch)
            } while scanner.take(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "}"))
        } else if !node.elements.isEmpty, scanner.take(UInt8(ascii: "[")) {
            if scanner.take(UInt8(ascii: "]")) { return }
            var index = 0
            repeat {
                let place = node.elements.firstIndex { $0.index == index }
                try visit(place.map { node.elements[$0].node }, &scanner, found, &count, &scratch)
                index += 1
            } while scanner.take(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "]"))
        } else {
            try scanner.skipValue()
        }
    }

    private func visit(
        _ node: JSONPathNode?, _ scanner: inout JSONScanner, _ found: UnsafeMutableBufferPointer<Found>,
        _ count: inout Int, _ scratch: inout ScratchArena
    ) throws(JSONError) {
        guard let node else {
            try scanner.skipValue()
            return
        }
        if !node.slots.isEmpty {
            var ahead = scanner
            let value = try JSONStage.text(&ahead, &scratch)
            // A key may be repeated in the object; the room has one place for each slot, so the first ones win then.
            if let value {
                for slot in node.slots where count < found.count {
                    found[count] = Found(slot: slot, value: value)
                    count += 1
                }
            }
            if node.isLeaf {
                scanner = ahead
                return
            }
        }
        try walk(node, &scanner, found, &count, &scratch)
    }

    /// Reads a value as text: strings without quotes and escapes, everything else as written; nil for null.
    private static func text(
        _ scanner: inout JSONScanner, _ scratch: inout ScratchArena
    ) throws(JSONError) -> UnsafeRawBufferPointer? {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            let isNull = scanner.peek() == UInt8(ascii: "n")
            let range = try scanner.skipValue()
            return isNull ? nil : scanner.bytes.part(range)
        }
        let text = try scanner.string()
        guard text.hasEscape else { return scanner.bytes.part(text.range) }
        let written = JSONEscapes.unescape(scanner.bytes, text.range, to: scratch.reserve(text.range.count))
        return scratch.commit(written)
    }
}

/// Which extracted values the parts of Docker's records are.
struct DockerSlots: Sendable {
    var log: [Int] = []
    var stream: [Int] = []
    var time: [Int] = []
}

/// The paths that a stage asks for, as a tree: one walk over the object serves all of them.
///
/// A class of constants, as the walk takes nodes out of arrays for every line.
final class JSONPathNode: Sendable {
    /// Where the value at this place goes.
    let slots: [Int]
    /// The members asked for.
    let members: [(key: [UInt8], node: JSONPathNode)]
    /// The array elements asked for.
    let elements: [(index: Int, node: JSONPathNode)]

    /// One step of a path.
    enum Step: Sendable, Hashable {
        case key([UInt8])
        case index(Int)
    }

    /// Creates the tree of paths below this place; a path without steps ends here.
    init(_ paths: [(steps: ArraySlice<Step>, slot: Int)]) {
        slots = paths.filter(\.steps.isEmpty).map(\.slot)
        var members: [(key: [UInt8], node: JSONPathNode)] = []
        var elements: [(index: Int, node: JSONPathNode)] = []
        var known: Set<Step> = []
        for case let step? in paths.map(\.steps.first) where known.insert(step).inserted {
            let below = paths.filter { $0.steps.first == step }.map { ($0.steps.dropFirst(), $0.slot) }
            switch step {
            case .key(let key): members.append((key, JSONPathNode(below)))
            case .index(let index): elements.append((index, JSONPathNode(below)))
            }
        }
        self.members = members
        self.elements = elements
    }

    /// Whether nothing inside this value is asked for.
    var isLeaf: Bool { members.isEmpty && elements.isEmpty }

    /// Where in `members` a key is.
    @inline(__always)
    func place(ofMember key: UnsafeRawBufferPointer) -> Int? {
        for index in members.indices {
            let wanted = members[index].key
            if wanted.count == key.count, wanted.withUnsafeBytes({ $0.equals(key) }) { return index }
        }
        return nil
    }

    /// Takes `a.b[0]."c.d"` apart; nil when it is more than that.
    static func parse(_ expression: String) -> [Step]? {
        var steps: [Step] = []
        var rest = Substring(expression)
        while let first = rest.first {
            if first == "[" {
                guard let close = rest.firstIndex(of: "]"), let index = Int(rest[..<close].dropFirst()), index >= 0
                else { return nil }
                steps.append(.index(index))
                rest = rest[close...].dropFirst()
            } else if first == "\"" {
                rest = rest.dropFirst()
                guard let close = rest.firstIndex(of: "\"") else { return nil }
                steps.append(.key(Array(rest[..<close].utf8)))
                rest = rest[close...].dropFirst()
            } else {
                let name = rest.prefix { $0 == "_" || $0 == "-" || $0.isLetter || $0.isNumber }
                guard !name.isEmpty else { return nil }
                steps.append(.key(Array(name.utf8)))
                rest = rest[name.endIndex...]
            }
            guard let next = rest.first, next != "[" else { continue }
            guard next == ".", rest.count > 1 else { return nil }
            rest = rest.dropFirst()
        }
        return steps.isEmpty ? nil : steps
    }
}
