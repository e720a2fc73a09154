import Testing
import WeirBytes
import WeirModel
import WeirStore
import WeirTesting

@Suite struct LiteralRowsTests {
    /// Lines of a few common shapes, many rare ones, and some of none, in the order in which a block keeps them.
    private static func lines(_ count: Int, _ random: inout SeededGenerator) -> [[UInt8]] {
        let commons: [[Kind]] = (0..<4).map { _ in
            (0..<Int.random(in: 1...5, using: &random)).map { _ in Kind.allCases.randomElement(using: &random)! }
        }
        return (0..<count).map { index in
            let choice = Int.random(in: 0..<20, using: &random)
            let kinds = choice < 17 ? commons[choice % 4] : [Kind.allCases.randomElement(using: &random)!]
            let values = kinds.map { $0.value(index, &random) }
            let keys = values.indices.map { "key\($0)" }
            switch choice {
            case 17: return random.bytes(Int.random(in: 0..<30, using: &random))
            case 18: return Array("\(values[0])1 \(index % 7)\(keys[0]) rare-\(index % 9) done".utf8)
            case 0, 4, 8, 12, 16, 19:
                let pairs = zip(keys, values).map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
                return Array("{\"at\":1\(choice),\(pairs)}".utf8)
            case 1, 5, 9, 13: return Array(zip(keys, values).map { "\($0)=\($1)" }.joined(separator: " ").utf8)
            default: return Array("job \(values.joined(separator: " of 1,2 ")) ended:1".utf8)
            }
        }
    }

    private static func encode(_ lines: [[UInt8]]) -> BlockReader {
        var rows = BlockRows()
        for (index, line) in lines.enumerated() {
            rows.lines.appendRow(stream: 1, timestamp: Int64(index) * 1_000_000, copying: line)
            rows.arrivals.append(0)
        }
        var writer = BlockWriter()
        return BlockReader(writer.encode(rows))
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `columns find the rows that a look at every line finds`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lines = Self.lines(seed == 0 ? 1 : 600, &random)
        let block = Self.encode(lines)
        for round in 0..<80 {
            var needles: [[UInt8]] = []
            for _ in 0..<(round % 4 == 0 ? 2 : 1) {
                let line = lines.randomElement(using: &random)!
                let start = Int.random(in: 0...line.count, using: &random)
                let length = Int.random(in: 0...min(line.count - start, round % 3 == 0 ? 60 : 12), using: &random)
                var needle = Array(line[start..<start + length])
                if round % 9 == 0, let place = needle.indices.randomElement(using: &random) { needle[place] ^= 2 }
                needles.append(needle)
            }
            let expected = lines.indices.filter { row in
                needles.allSatisfy { needle in lines[row].withUnsafeBytes { SubstringSearch(needle).matches($0) } }
            }
            let answer = try block.rows(holding: needles)
            let found = answer.rows?.map { Int($0) } ?? Array(lines.indices)
            #expect(
                answer.areCertain ? found == expected : Set(found).isSuperset(of: expected),
                "\(needles.map { String(decoding: $0, as: UTF8.self) })")
        }
    }

    @Test func `a text of the shape, of one value, of edges and of several values is found`() throws {
        let lines = (0..<300).map { Array("{\"level\":\"info\",\"status\":\($0 % 5 * 100),\"took\":\"\($0)ms\"}".utf8) }
        let block = Self.encode(lines)
        func rows(_ needles: String...) throws -> [UInt32]? {
            let answer = try block.rows(holding: needles.map { Array($0.utf8) })
            #expect(answer.areCertain, "\(needles)")
            return answer.rows
        }
        #expect(try rows("\"status\":") == nil)
        #expect(try rows("nowhere") == [])
        #expect(try rows("17m") == [17, 117, 217])
        #expect(try rows("status\":300,\"took\":\"13ms\"") == [13])
        #expect(try rows("status\":30", "\"23") == [23, 233, 238])
        #expect(try rows("\"took\":\"29") == [29, 290, 291, 292, 293, 294, 295, 296, 297, 298, 299])
        #expect(try rows("5,\"took\":\"1ms") == [])
        #expect(try rows("00,\"took\":\"1ms") == [1])
    }
}
