import Testing
import WeirBytes
import WeirStore
import WeirTesting

@Suite struct ValueDamageTests {
    /// Reads in every way; values or errors are both fine.
    private func use(_ encoded: EncodedValues) {
        encoded.read { reader in
            var buffer = ValueBuffer()
            try? reader.decode(into: &buffer)
            var some = ValueBuffer()
            try? reader.decode(rows: [0, UInt32(encoded.column.count - 1)], into: &some)
            var codes: [UInt32] = []
            _ = try? reader.decodeDistinct(into: &buffer, codes: &codes)
            for kind in [ValueTest.Kind.contains, .hasPrefix, .hasSuffix, .equals] {
                var rows = RowBitmap(count: encoded.column.count)
                try? reader.select(ValueTest(kind, Array("1".utf8)), into: &rows)
                try? reader.select(ValueTest(kind, Array("a1b2".utf8)), into: &rows)
            }
        }
    }

    @Test(arguments: Kind.allCases, [1, 2] as [UInt64])
    func `flipped bits end in values or an error`(kind: Kind, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let whole = EncodedValues(kind.values(100, seed: seed), effort: seed == 1 ? .high : .smallest)
        for round in 0..<80 {
            var damaged = whole
            for _ in 0..<(round % 3 + 1) where whole.column.storedBytes > 0 {
                // Heads are short, so half of the damage goes there.
                let bound = round % 2 == 0 ? min(24, whole.column.storedBytes) : whole.column.storedBytes
                let place = Int.random(in: 0..<bound, using: &random)
                damaged.payload[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            use(damaged)
        }
    }

    @Test(arguments: Kind.allCases)
    func `another encoding, codec, count or length ends in values or an error`(kind: Kind) {
        let whole = EncodedValues(kind.values(130, seed: 4))
        for encoding in 0...20 {
            var damaged = whole
            damaged.column.encoding = UInt8(encoding)
            use(damaged)
        }
        for codec in 0...3 {
            var damaged = whole
            damaged.column.codec = UInt8(codec)
            use(damaged)
        }
        for length in 0..<min(whole.column.storedBytes, 60) {
            var damaged = whole
            damaged.column.storedBytes = length
            use(damaged)
        }
    }

    @Test func `a column of a later version is refused`() {
        var encoded = EncodedValues(["a", "b"])
        encoded.column.encoding = 77
        #expect(throws: CorruptionError.self) { try encoded.decoded() }
    }
}
