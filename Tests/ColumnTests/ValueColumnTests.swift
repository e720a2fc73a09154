import Testing
import WeirBytes
import WeirStore
import WeirTesting

@Suite struct ValueColumnTests {
    @Test(arguments: Kind.allCases, [1, 2, 64, 300, 5000])
    func `values of every kind come back`(kind: Kind, count: Int) throws {
        let values = kind.values(count, seed: UInt64(count))
        let encoded = EncodedValues(values)
        #expect(try encoded.decoded() == values)
        let some = (0..<UInt32(count)).filter { $0 % 7 < 2 }
        #expect(try encoded.decoded(rows: some) == some.map { values[Int($0)] })
        let plain = values.reduce(0) { $0 + $1.count }
        #expect(encoded.column.plainBytes == plain)
        #expect(encoded.column.storedBytes <= plain + count * 2 + count / 256 * 9 + 24)
    }

    @Test(arguments: [
        (Kind.wholes, ColumnEncoding.wholes), (.negatives, .wholes), (.counters, .wholes), (.long, .wholes),
        (.padded, .fixedDigits), (.hex, .hex), (.upperHex, .hex), (.oddHex, .hex), (.uuids, .uuids),
        (.decimals, .decimals), (.money, .decimals), (.ipv4, .ipv4), (.instants, .clocks), (.nanoseconds, .clocks),
        (.stripped, .clocks), (.apache, .clocks), (.syslog, .clocks), (.levels, .textDictionary),
        (.messages, .texts), (.constant, .constant), (.paths, .nested), (.words, .nested),
    ])
    func `each kind has its encoding`(kind: Kind, encoding: ColumnEncoding) {
        #expect(EncodedValues(kind.values(1500, seed: 3)).encoding == encoding)
    }

    @Test(arguments: Kind.allCases, [1, 2, 3] as [UInt64])
    func `mutated values come back`(kind: Kind, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var values = kind.values(400, seed: seed)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let victim = Int.random(in: 0..<values.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: values[victim].append(UInt8.random(in: 0x20...0x7f, using: &random))
            case 1: values[victim].insert(0x30, at: 0)
            case 2: values[victim] = []
            default:
                if let place = values[victim].indices.randomElement(using: &random) {
                    values[victim][place] = UInt8.random(in: .min ... .max, using: &random)
                }
            }
        }
        for effort in [ColumnEffort.fast, .high, .smallest] {
            #expect(try EncodedValues(values, effort: effort).decoded() == values)
        }
    }

    @Test(
        arguments: [
            ["00", "01", "1"], ["0", "-0", "1"], ["1", "+1"], ["12345678901234567890", "1"],
            ["999999999999999999", "1000000000000000000", "-999999999999999999"], ["-9223372036854775808", "5"],
            ["0aB1", "0ab1"], ["abcd", "ABCD"], ["a", "b", "f"], ["g123", "1234"],
            ["2026-02-29T00:00:00Z", "2026-02-28T00:00:00Z"], ["2024-02-29T00:00:00Z", "2024-02-28T00:00:00Z"],
            ["2026-11-21T24:00:00Z", "2026-11-21T23:00:00Z"], ["2026-11-21T23:59:60Z", "2026-11-21T23:59:59Z"],
            ["2026-13-01T00:00:00Z", "2026-12-01T00:00:00Z"], ["2026-11-21T00:00:00Z", "2026-11-21T00:00:00z"],
            ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
            ["0001-01-01T00:00:00.000000001Z", "9999-12-31T23:59:59.999999999Z"],
            ["2026-11-21T01:02:03.5Z", "2026-11-21T01:02:03.50Z"], ["2026-11-21T01:02:03.5Z", "2026-11-21T01:02:03Z"],
            ["2026-11-21T01:02:03.Z", "2026-11-21T01:02:04.Z"], ["Feb 29 01:02:03", "Mar  1 01:02:03"],
            ["Mar 01 01:02:03", "Mar  1 01:02:03"], ["256.1.1.1", "1.1.1.1"], ["01.1.1.1", "1.1.1.1"],
            ["1.1.1", "1.1.1.1"], ["1..1.1", "1.1.1.1"], ["1.5", "1.50"], ["1.", "1.0"], [".5", "0.5"],
            ["-0.5", "0.5"],
            ["-0.0", "0.0"], ["00.5", "0.5"], ["1.5", "1", "2"], ["1.0", "2.25"], ["1.00", "2.25", "3"],
            ["1e5", "1.5"],
            ["123456789012345.123", "1.5"], ["0.0000000000000001", "0.1"], ["", ""], ["", "1"], ["-", "1"],
            [".", "1.5"],
            ["550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-44665544000g"],
            ["550e8400-e29b-41d4-a716-446655440000", "550E8400-e29b-41d4-a716-446655440000"],
            ["550e8400+e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440001"],
        ] as [[String]])
    func `what nearly is a number comes back`(values: [String]) throws {
        for count in [1, 50] {
            let all = (0..<count).flatMap { _ in values.map { Array($0.utf8) } }
            #expect(try EncodedValues(all).decoded() == all)
            #expect(try EncodedValues(Array(all.reversed())).decoded() == all.reversed())
        }
    }

    @Test func `a column may be empty, or as long as a block`() throws {
        let none: [[UInt8]] = []
        #expect(try EncodedValues(none).decoded() == none)
        for kind in [Kind.wholes, .hex, .levels, .messages, .instants] {
            let values = kind.values(65_535, seed: 9)
            #expect(try EncodedValues(values).decoded() == values)
        }
    }

    @Test func `an encoder may be used again`() throws {
        var encoder = ValueEncoder()
        for round in 0..<3 {
            for kind in Kind.allCases {
                let values = kind.values(200 - round * 60, seed: UInt64(round))
                #expect(try EncodedValues(values, with: &encoder).decoded() == values)
            }
        }
    }

    @Test func `instants that follow their rows take next to nothing`() {
        let times = (0..<5000).map { 1_795_232_680_000_000_000 + Int64($0) * 107_000_000 }
        let values = times.map { time in
            let seconds = time / 1_000_000_000 % 86_400
            func pad(_ value: Int64, _ width: Int) -> String {
                String(String(1_000_000_000 + value).suffix(width))
            }
            let hours = pad(seconds / 3600, 2)
            return
                "2026-11-21T\(hours):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2)).\(pad(time / 1000 % 1_000_000, 6))Z"
        }
        let encoded = EncodedValues(values, timestamps: times)
        #expect(encoded.encoding == .clocks)
        #expect(encoded.column.storedBytes < 40)
    }

    @Test(arguments: Kind.allCases)
    func `a description comes back`(kind: Kind) {
        let column = EncodedValues(kind.values(100, seed: 5)).column
        var writer = ByteWriter()
        column.append(to: &writer)
        writer.bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(ValueColumn(&reader, count: column.count) == column)
            #expect(reader.remaining == 0)
            var short = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 1)]))
            #expect(ValueColumn(&short, count: column.count) == nil)
        }
    }
}
