import Testing
import WeirBytes
import WeirStore
import WeirTesting

@Suite struct ValueTestTests {
    static func accepts(_ value: [UInt8], _ test: ValueTest) -> Bool {
        let needle = test.needle
        switch test.kind {
        case .equals: return value == needle
        case .hasPrefix: return value.starts(with: needle)
        case .hasSuffix: return value.reversed().starts(with: needle.reversed())
        case .contains: return value.withUnsafeBytes { SubstringSearch(needle).matches($0) }
        }
    }

    @Test(arguments: Kind.allCases, [1, 2] as [UInt64])
    func `rows are found as a look at each value finds them`(kind: Kind, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let values = kind.values(120, seed: seed)
        let encoded = EncodedValues(values)
        for round in 0..<40 {
            // Mostly pieces of values, some changed, some of other kinds.
            let other = round % 7 == 0 ? Kind.allCases.randomElement(using: &random)!.values(9, seed: seed) : values
            let value = other.randomElement(using: &random)!
            let start = Int.random(in: 0...value.count, using: &random)
            let end = Int.random(in: start...value.count, using: &random)
            var needle = Array(round % 5 == 0 ? value[...] : value[start..<end])
            if round % 11 == 0, let place = needle.indices.randomElement(using: &random) { needle[place] ^= 1 }
            for kind in [ValueTest.Kind.contains, .hasPrefix, .hasSuffix, .equals] {
                let test = ValueTest(kind, needle)
                let expected = values.indices.filter { Self.accepts(values[$0], test) }.map { UInt32($0) }
                #expect(try encoded.selected(test) == expected, "\(kind) \(String(decoding: needle, as: UTF8.self))")
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `distinct values and codes give the values`(kind: Kind) throws {
        let values = kind.values(500, seed: 7)
        let encoded = EncodedValues(values)
        var buffer = ValueBuffer()
        var codes: [UInt32] = []
        guard try encoded.read({ try $0.decodeDistinct(into: &buffer, codes: &codes) }) else {
            #expect(encoded.encoding != .textDictionary && encoded.encoding != .constant)
            return
        }
        #expect(codes.map { buffer.value(Int($0)) } == values)
    }
}
