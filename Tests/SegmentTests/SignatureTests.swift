import Testing
import WeirModel
import WeirStore
import WeirTesting

/// A signature may say that a block could hold what it does not, never the other way round.
@Suite struct SignatureTests {
    private static let lines = [
        #"{"level":"error","trace_id":"9f86d081884c7d659a2feaa0c55ad015","status":503,"msg":"Connection RESET by peer"}"#,
        "2026-11-21T12:00:01.000Z sshd[4242]: Failed password for invalid user straße from 10.0.203.25 port 51234",
        "Kelvin \u{212A} and long \u{17F} fold to letters, \u{0} is a NUL, \u{1F600} is four bytes",
        "level=info dead beef cafe f00d 8.0 4e6f 0x1A2B ABCdef012 a1b2c3",
        "", "a", "ab", "abc", "0f3", "\u{FF}\u{FE}", "tab\tand spaces   end ",
    ]

    private func block(_ lines: [String]) -> EncodedBlock {
        var writer = BlockWriter()
        return writer.encode(
            BlockRows(
                lines.enumerated().map { Row(stream: 1, timestamp: Int64($0), arrival: 1, line: Array($1.utf8)) }))
    }

    private func mayHold(_ block: EncodedBlock, _ requirement: LineRequirement) -> Bool {
        block.mayHoldLines(of: Selection(matchers: [], range: .all, requirements: [requirement]))
    }

    @Test func `every part of every line may be there, in its own case`() {
        let block = block(Self.lines)
        for line in Self.lines.map({ Array($0.utf8) }) {
            for start in line.indices {
                for end in start..<line.count {
                    let needle = Array(line[start...end])
                    let selection = Selection(matchers: [], range: .all, requiredLiterals: [needle])
                    #expect(block.mayHoldLines(of: selection), "\(String(decoding: needle, as: UTF8.self))")
                }
            }
        }
    }

    @Test func `lines like others add the windows around their holes and no others`() {
        let shapes: [(Int) -> String] = [
            { #"{"a":"\#($0)","b":"","c":-\#($0),"d":[\#($0)],"e":"x\#(String(repeating: "Y", count: $0))"}"# },
            { "a=\($0) b=\"q\($0)\" c=\($0 % 2 == 0 ? "" : "Z")" },
            { "\($0):\($0 * 7)-\($0 * 77)T in the middle \($0)/x_\($0 * 7_777_777)" },
            { "\($0 % 10)a" },
        ]
        for shape in shapes {
            // Fewer than eight lines have no shapes: all their bytes are looked at.
            let few = (0..<7).map { shape($0 * $0 * 3) }
            let many = (0..<20).flatMap { _ in few }
            #expect(block(many).signature == block(few).signature, "\(few[1])")
            #expect(block(few).signature != block([few[0]]).signature)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `parts of lines may be there in any case, and with K and S from beyond ASCII`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = ["task", "Risk", "SKIP", "desk.size", "mask", "kiosk42", "ok"]
        for _ in 0..<60 {
            let word = words.randomElement(using: &random)!
            let line = word.map { letter -> String in
                switch letter.lowercased() {
                case "k" where Bool.random(using: &random): "\u{212A}"
                case "s" where Bool.random(using: &random): "\u{17F}"
                default: Bool.random(using: &random) ? letter.uppercased() : letter.lowercased()
                }
            }.joined()
            let needle = word.map { Bool.random(using: &random) ? $0.uppercased() : $0.lowercased() }.joined()
            let block = block(["another line", "before \(line) behind"])
            #expect(mayHold(block, LineRequirement([Array(needle.utf8)], ignoresCase: true)), "\(needle) in \(line)")
        }
    }

    @Test(arguments: [UInt64(5), 6, 7])
    func `parts of real lines and of random bytes may be there after a journey through a file`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rows = randomRows(seed: seed)
        let segment = try SegmentBytes([rows]).open()
        let signature = try #require(try segment.signature(ofBlock: 0))
        var writer = BlockWriter()
        let encoded = writer.encode(BlockRows(rows))
        #expect(encoded.signature == signature)
        for _ in 0..<500 {
            let line = rows.randomElement(using: &random)!.line
            guard let start = line.indices.randomElement(using: &random) else { continue }
            let needle = Array(line[start..<min(line.count, start + Int.random(in: 1...40, using: &random))])
            #expect(encoded.mayHoldLines(of: Selection(matchers: [], range: .all, requiredLiterals: [needle])))
        }
    }

    @Test(arguments: [UInt64(11), 12, 13])
    func `every two and three bytes of many lines that are alike may be there`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
        func hex(_ count: Int) -> String { (0..<count).map { _ in String(number(0..<16), radix: 16) }.joined() }
        let shapes: [() -> String] = [
            {
                #"{"id":"\#(hex(32))","uuid":"\#(hex(8))-\#(hex(4))-\#(hex(4))-\#(hex(4))-\#(hex(12))","n":\#(number(0..<99_999)),"#
                    + #""f":\#(number(0..<400)).\#(number(1..<10)),"ip":"10.\#(number(0..<256)).0.\#(number(0..<256))","#
                    + #""z":"\#(10_000 + number(0..<9999))","neg":\#(number(-50..<50)),"e":"","x":"\#(hex(9).uppercased())"}"#
            },
            {
                "\(number(0..<99_999)):\(number(0..<10))-\(hex(7))7/x_\(number(0..<99_999)) \(number(0..<10)) "
                    + "\(number(0..<90_000)).\(number(0..<90_000))=\(number(10..<20))"
            },
            { "a=\(number(0..<99_999)) b=\(["", "Z", "k\(number(0..<9))"][number(0..<3)]) c=\"\(number(0..<2000))\"" },
        ]
        for shape in shapes {
            let lines = (0..<1500).map { _ in shape() }
            let block = block(lines)
            #expect(block.entry.shapeCount > 0)
            var windows: Set<[UInt8]> = []
            for line in lines.map({ Array($0.utf8) }) {
                for start in line.indices.dropLast() {
                    windows.insert(Array(line[start..<start + 2]))
                    if start + 3 <= line.count { windows.insert(Array(line[start..<start + 3])) }
                }
            }
            let missed = windows.filter {
                !block.mayHoldLines(of: Selection(matchers: [], range: .all, requiredLiterals: [$0]))
            }
            #expect(missed.isEmpty, "\(missed.prefix(5).map { String(decoding: $0, as: UTF8.self) })")
            #expect(!mayHold(block, LineRequirement([Array("zqz".utf8)])))
        }
    }

    @Test func `a damaged signature is noticed, and its block can be read all the same`() throws {
        let rows = Self.lines.enumerated().map {
            Row(stream: 1, timestamp: Int64($0), arrival: 1, line: Array($1.utf8))
        }
        var damaged = try SegmentBytes([rows])
        damaged.bytes[try #require(damaged.section(4)).lowerBound + 3] ^= 4
        let segment = try damaged.open()
        #expect(throws: CorruptionError.self) { try segment.signature(ofBlock: 0) }
        #expect(try segment.readBlock(0).rows() == expectedRows(rows))
    }

    @Test func `what is not there is mostly ruled out`() {
        let block = block(Self.lines)
        for needle in ["qqnosuchtokenqq", "onnection rezet by pee", "needle-269e0d37", "shutdown"] {
            let holds = mayHold(block, LineRequirement([Array(needle.utf8)]))
            #expect(!holds, "\(needle)")
        }
        let digits = (0...9).map { Array("zq\($0)".utf8) }
        #expect(!mayHold(block, LineRequirement(digits)))
        #expect(mayHold(block, LineRequirement(digits + [Array("sshd".utf8)])))
        #expect(!mayHold(block, LineRequirement([Array("zq".utf8)])))
        let plain = self.block([Self.lines[0]])
        #expect(mayHold(plain, LineRequirement([Array("cOnnection reset".utf8)], ignoresCase: true)))
        #expect(!mayHold(plain, LineRequirement([Array("RESETS".utf8)], ignoresCase: true)))
    }

    @Test func `hexadecimal texts with a digit and short texts rule nothing out`() {
        let block = block(Self.lines)
        for needle in ["", "q", "f0f3", "0c55a"] {
            let holds = mayHold(block, LineRequirement([Array(needle.utf8)]))
            #expect(holds, "\(needle)")
        }
        let nothing = mayHold(block, LineRequirement([]))
        #expect(!nothing)
    }

    @Test func `a full block sets a fifth to a third of its bits`() throws {
        var random = SeededGenerator(seed: 9)
        let words = (0..<400).map { _ in
            String(decoding: (0..<6).map { _ in UInt8.random(in: 97...112, using: &random) }, as: UTF8.self)
        }
        for count in [20, 200, 2000] {
            let lines = (0..<count).map { index in
                "\(index) " + (0..<8).map { _ in words.randomElement(using: &random)! }.joined(separator: " ")
            }
            let density = try #require(block(lines).signature).density
            #expect(density > 0.15 && density <= 0.35, "\(density)")
        }
    }
}
