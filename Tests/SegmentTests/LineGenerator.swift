import WeirTesting

/// Lines as programs write them, and lines as nobody should; the same for the same generator.
struct LineGenerator {
    /// What lines are made like.
    enum Kind: CaseIterable {
        case json, logfmt, text, mutated, mixed, bytes
    }

    private let kind: Kind
    private var random: SeededGenerator
    private var clock = 1_700_000_000

    init(_ kind: Kind, seed: UInt64) {
        self.kind = kind
        random = SeededGenerator(seed: seed)
    }

    mutating func next() -> [UInt8] {
        clock += Int.random(in: 0...3, using: &random)
        switch kind {
        case .json: return Array(json().utf8)
        case .logfmt: return Array(logfmt().utf8)
        case .text: return Array(text().utf8)
        case .mutated: return mutated()
        case .mixed: return pick([json(), logfmt(), text()]).utf8.map { $0 }
        case .bytes: return random.bytes(Int.random(in: 0..<60, using: &random))
        }
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices.randomElement(using: &random)!
    }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func hex(_ count: Int) -> String {
        (0..<count).map { _ in String(number(0..<16), radix: 16) }.joined()
    }

    private mutating func json() -> String {
        let value = pick([
            "\"plain\"", "12", "-0.5e3", "true", "null", "[1,\"a\",{}]", "\"a \\\"b\\\" \\u00e9\"", "\"\"",
        ])
        let message = pick(["started", "cache miss for key \(number(0..<90))", "grün \\n 日本", "timeout"])
        switch number(0..<12) {
        case 0: return #"{"nested":{"deep":{"id":\#(number(0..<999)),"none":{}}},"v":\#(value)}"#
        case 1: return #" { "spaced" : \#(value) , "n" :  \#(number(0..<5)) } "#
        case 2: return "{}"
        case 3: return #"{"key\#(number(0..<9000))":\#(value)}"#
        case 4: return #"{"trailing":\#(value)} \#(number(0..<9))"#
        default:
            return
                #"{"ts":"2026-11-21T03:46:5\#(number(0..<10)).0\#(number(0..<9))Z","level":"\#(pick(["info", "error"]))","#
                + #""msg":"\#(message)","status":\#(pick([200, 404, 500])),"took":\#(number(0..<900)).\#(number(0..<9)),"#
                + #""extra":\#(value),"trace_id":"\#(hex(32))"}"#
        }
    }

    private mutating func logfmt() -> String {
        let value = pick(["1", "", "\"two words\"", "\"say \\\"x\\\"\"", "12ms", "\(number(0..<9999))"])
        switch number(0..<8) {
        case 0: return "lone key=\(value)"
        case 1: return "a=\(value)\tb=\(value)  c= "
        case 2: return "broken=\"\(number(0..<9)) b=2"
        default: return "level=\(pick(["info", "warn"])) id=\(number(0..<100_000)) v=\(value) at=\(clock) who=\(hex(8))"
        }
    }

    private mutating func text() -> String {
        switch number(0..<8) {
        case 0: return "- \(clock) R\(number(0..<9))-M\(number(0..<2)) RAS KERNEL INFO \(hex(6)) corrected"
        case 1: return "connection from 10.0.\(number(0..<4)).\(number(0..<256)) port \(number(1024..<65_536))"
        case 2: return ""
        case 3: return "no digits at all, \(pick(["one", "two", "three"]))"
        case 4: return "\(number(0..<9))\u{0}\(number(0..<9)) é\(number(0..<9))x"
        default: return "[\(clock)] GET /orders/\(number(0..<500)) HTTP/1.1 \(pick([200, 500])) \(number(0..<90_000))"
        }
    }

    private mutating func mutated() -> [UInt8] {
        var line = Array(pick([json(), logfmt(), text()]).utf8)
        for _ in 0..<number(0..<3) where !line.isEmpty {
            let at = number(0..<line.count)
            switch number(0..<4) {
            case 0: line.remove(at: at)
            case 1: line.insert(UInt8(truncatingIfNeeded: number(0..<256)), at: at)
            case 2: line[at] = pick(Array("\"\\{}[]=, 0a\u{0}".utf8))
            default: line.removeLast(line.count - at)
            }
        }
        return line
    }
}
