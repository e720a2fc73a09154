import WeirModel

/// What can be said about the matches of a pattern without running it: texts that every match contains.
///
/// Reads RE2's syntax and gives up, which is always safe, on what it does not know.
struct PatternLiterals {
    /// Whether the pattern begins with `(?i)`; the texts are then to be compared without regard to case.
    private(set) var ignoresCase = false
    /// If a text matches exactly when it contains one of these, they; nil otherwise.
    private(set) var exactAlternatives: [[UInt8]]?
    /// The longest text that every match contains; nil when none is known.
    private(set) var required: [UInt8]?
    /// What every match contains, piece by piece, each piece with its alternatives.
    private(set) var requirements: [LineRequirement] = []

    /// The most alternatives that are spelled out: more would be slower than the automaton.
    fileprivate static let alternativesMax = 8
    /// The most texts that a text and a class of characters beside it are spelled out to.
    fileprivate static let edgeAlternativesMax = 16
    /// The deepest nesting of groups that is looked into.
    private static let depthMax = 20

    /// Reads `pattern`.
    init(_ pattern: String) {
        var reader = Reader(bytes: Array(pattern.utf8))
        guard reader.readFlags() else { return }
        ignoresCase = reader.ignoresCase
        guard let node = reader.readAlternation(depth: 0), reader.isAtEnd else { return }
        let pieces = node.pieces + (node.exact.map { [$0] } ?? [])
        let texts = pieces.flatMap { $0 } + (node.required.map { [$0] } ?? [])
        // Letters beyond ASCII have other cases that a comparison of bytes does not know.
        if ignoresCase && texts.contains(where: { $0.contains { $0 >= 0x80 } }) { return }
        exactAlternatives = node.exact
        required = node.required
        requirements = (pieces + node.edges).map { LineRequirement($0, ignoresCase: ignoresCase) }
            .filter { !$0.alternatives.contains { $0.isEmpty } }
    }

    /// What is known of a part of the pattern.
    fileprivate struct Node {
        /// All texts that it matches, if they are few.
        var exact: [[UInt8]]?
        /// A text that each of its matches contains.
        var required: [UInt8]?
        /// Pieces of which each of its matches contains every one, each a list of alternatives; beside `exact`.
        var pieces: [[[UInt8]]] = []
        /// More such pieces: texts with one more character of a class beside them, which tell blocks apart far better than
        /// a short text alone.
        var edges: [[[UInt8]]] = []
        /// If each of its matches begins, and each ends, with one of a few characters of ASCII, they.
        var bounds: [UInt8]?

        static let unknown = Node(exact: nil, required: nil)
        static let nothing = Node(exact: [[]], required: nil)
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0
        var ignoresCase = false

        var isAtEnd: Bool { at == bytes.count }

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// Reads `(?i)` and the like at the start; false on flags that it does not know.
        mutating func readFlags() -> Bool {
            guard bytes.starts(with: "(?".utf8), let end = bytes.firstIndex(of: UInt8(ascii: ")")) else { return true }
            let flags = bytes[2..<end]
            guard let first = flags.first, first &- 0x61 < 26 else { return true }
            for flag in flags {
                switch flag {
                case UInt8(ascii: "i"): ignoresCase = true
                case UInt8(ascii: "s"), UInt8(ascii: "m"): break
                default: return false
                }
            }
            at = end + 1
            return true
        }

        /// Reads `a|b|c` up to a closing parenthesis or the end; nil when the syntax is beyond it.
        mutating func readAlternation(depth: Int) -> Node? {
            guard depth < depthMax, var result = readSequence(depth: depth) else { return nil }
            while at < bytes.count, bytes[at] == UInt8(ascii: "|") {
                at += 1
                guard let other = readSequence(depth: depth) else { return nil }
                result.required = nil
                let piece = Node.either(result, other)
                if let mine = result.exact, let more = other.exact, mine.count + more.count <= alternativesMax {
                    result.exact = mine + more
                } else {
                    result.exact = nil
                }
                result.pieces = result.exact == nil ? piece : []
                result.edges = []
            }
            return result
        }

        private mutating func readSequence(depth: Int) -> Node? {
            var result = Node.nothing
            /// The texts that the atoms since the last gap spell, as far as there is just one.
            var run: [UInt8] = []
            /// The same, as far as they are few.
            var spelled: [[UInt8]] = [[]]
            /// With what the atom before `spelled` ends.
            var before: [UInt8]?
            func notePiece(followedBy after: [UInt8]?) {
                if !spelled.contains(where: { $0.isEmpty }) {
                    result.pieces.append(spelled)
                    result.noteEdge(before?.map { [$0] }, spelled)
                    result.noteEdge(spelled, after?.map { [$0] })
                }
                spelled = [[]]
                before = nil
            }
            func note(_ text: [UInt8]?) {
                if let text, !text.isEmpty, text.count > (result.required?.count ?? 0) { result.required = text }
            }
            while at < bytes.count, bytes[at] != UInt8(ascii: "|"), bytes[at] != UInt8(ascii: ")") {
                guard var atom = readAtom(depth: depth), readRepetition(of: &atom) else { return nil }
                if let exact = atom.exact, exact.count == 1 {
                    run += exact[0]
                } else {
                    note(run)
                    run = []
                    note(atom.required)
                }
                if let longer = Node.product(spelled, atom.exact) {
                    spelled = longer
                } else {
                    notePiece(followedBy: atom.bounds)
                    spelled = atom.exact ?? [[]]
                    before = atom.bounds
                }
                result.pieces += atom.pieces
                result.edges += atom.edges
                result.exact = Node.product(result.exact, atom.exact)
            }
            note(run)
            // What is spelled out as a whole needs no pieces.
            if result.exact == nil {
                notePiece(followedBy: nil)
            } else {
                result.pieces = []
                result.edges = []
            }
            return result
        }

        private mutating func readAtom(depth: Int) -> Node? {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "("): return readGroup(depth: depth)
            case UInt8(ascii: "["): return readClass()
            case UInt8(ascii: "\\"): return readEscape()
            case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"):
                at += 1
                return .unknown
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"): return nil
            default:
                let start = at
                at += 1
                while byte >= 0xc0, at < bytes.count, bytes[at] & 0xc0 == 0x80 { at += 1 }
                let text = Array(bytes[start..<at])
                return Node(exact: [text], required: text)
            }
        }

        private mutating func readGroup(depth: Int) -> Node? {
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "?") {
                let rest = bytes[(at + 1)...]
                if rest.first == UInt8(ascii: ":") {
                    at += 2
                } else if rest.starts(with: "P<".utf8) || rest.starts(with: "<".utf8) {
                    guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
                    at = end + 1
                } else {
                    return nil
                }
            }
            guard let inner = readAlternation(depth: depth + 1), at < bytes.count else { return nil }
            at += 1
            return inner
        }

        private mutating func readClass() -> Node? {
            let start = at + 1
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "^") { at += 1 }
            if at < bytes.count, bytes[at] == UInt8(ascii: "]") { at += 1 }
            while at < bytes.count, bytes[at] != UInt8(ascii: "]") {
                // A class inside the class, and its end, would need more care than it is worth.
                if bytes[at] == UInt8(ascii: "[") { return nil }
                at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard at < bytes.count else { return nil }
            at += 1
            var node = Node.unknown
            node.bounds = Reader.members(of: bytes[start..<at - 1])
            return node
        }

        /// The characters of a class, if they are few and plain.
        private static func members(of text: ArraySlice<UInt8>) -> [UInt8]? {
            guard text.first != UInt8(ascii: "^"), text.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) else {
                return nil
            }
            var members: Set<UInt8> = []
            var rest = text
            while let first = rest.popFirst() {
                guard rest.count > 1, rest.first == UInt8(ascii: "-") else {
                    members.insert(first)
                    continue
                }
                rest.removeFirst()
                let last = rest.removeFirst()
                guard first <= last else { return nil }
                members.formUnion(first...last)
            }
            return members.count <= PatternLiterals.edgeAlternativesMax ? members.sorted() : nil
        }

        private mutating func readEscape() -> Node? {
            guard at + 1 < bytes.count else { return nil }
            let byte = bytes[at + 1]
            at += 2
            switch byte {
            case UInt8(ascii: "d"):
                var node = Node.unknown
                node.bounds = Array("0123456789".utf8)
                return node
            case UInt8(ascii: "D"), UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "s"),
                UInt8(ascii: "S"), UInt8(ascii: "b"), UInt8(ascii: "B"):
                return .unknown
            case UInt8(ascii: "t"): return Node(exact: [[9]], required: [9])
            case UInt8(ascii: "n"): return Node(exact: [[10]], required: [10])
            case UInt8(ascii: "r"): return Node(exact: [[13]], required: [13])
            default:
                let isLetterOrDigit = (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
                return isLetterOrDigit || byte >= 0x80 ? nil : Node(exact: [[byte]], required: [byte])
            }
        }

        /// Reads `*`, `+?`, `{2,3}`; false when the syntax is beyond it.
        private mutating func readRepetition(of atom: inout Node) -> Bool {
            guard at < bytes.count else { return true }
            switch bytes[at] {
            case UInt8(ascii: "*"), UInt8(ascii: "?"): atom = .unknown
            case UInt8(ascii: "+"): atom = atom.repeated
            case UInt8(ascii: "{"):
                guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "}")), at + 1 < end else { return false }
                guard bytes[at + 1..<end].allSatisfy({ $0 &- 0x30 < 10 || $0 == UInt8(ascii: ",") }) else {
                    return false
                }
                let canBeAbsent = bytes[at + 1] == UInt8(ascii: "0") || bytes[at + 1] == UInt8(ascii: ",")
                atom = canBeAbsent ? .unknown : atom.repeated
                at = end
            default: return true
            }
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "?") { at += 1 }
            let repeatsAgain = at < bytes.count && [0x2a, 0x2b, 0x3f, 0x7b].contains(bytes[at])
            return !repeatsAgain
        }
    }
}

extension PatternLiterals.Node {
    /// The part, once or more often.
    fileprivate var repeated: Self {
        Self(
            exact: nil, required: required, pieces: pieces + (exact.map { [$0] } ?? []), edges: edges, bounds: bounds)
    }

    /// Adds the texts of one part followed by another, if they are few.
    fileprivate mutating func noteEdge(_ left: [[UInt8]]?, _ right: [[UInt8]]?) {
        guard let left, let right, left.count * right.count <= PatternLiterals.edgeAlternativesMax else { return }
        edges.append(left.flatMap { first in right.map { first + $0 } })
    }

    /// The piece of one part or of another, each the one that tells most.
    fileprivate static func either(_ left: Self, _ right: Self) -> [[[UInt8]]] {
        guard let mine = left.bestPiece, let other = right.bestPiece,
            mine.count + other.count <= PatternLiterals.alternativesMax
        else { return [] }
        return [mine + other]
    }

    private var bestPiece: [[UInt8]]? {
        (pieces + (exact.map { [$0] } ?? [])).max { left, right in
            left.map(\.count).min() ?? 0 < right.map(\.count).min() ?? 0
        }
    }

    /// The texts of one part followed by another.
    fileprivate static func product(_ left: [[UInt8]]?, _ right: [[UInt8]]?) -> [[UInt8]]? {
        guard let left, let right, left.count * right.count <= PatternLiterals.alternativesMax else { return nil }
        return left.flatMap { first in right.map { first + $0 } }
    }
}
