import Testing
import WeirBytes
import WeirTesting

@Suite struct JSONWriterTests {
    @Test func `strings are escaped as Go does`() {
        #expect(written("a\"b\\c\n\r\t\u{1}\u{1f}\u{7f}") == #""a\"b\\c\n\r\t\u0001\u001f\#u{7f}""#)
        #expect(written("<a href=\"x\">&amp;</a>") == #""\u003ca href=\"x\"\u003e\u0026amp;\u003c/a\u003e""#)
        #expect(written("é€🚀\u{2028}\u{2029}\u{2030}") == #""é€🚀\u2028\u2029‰""#)
        #expect(
            written("long text without any special character at all")
                == "\"long text without any special character at all\"")
    }

    @Test func `each byte that is no UTF-8 becomes a replacement`() {
        func check(_ bytes: [UInt8], _ expected: String) {
            var json = JSONWriter()
            json.string(bytes)
            #expect(String(decoding: json.bytes, as: UTF8.self) == expected)
        }
        check([0x61, 0xff, 0x62], #""a\ufffdb""#)
        check([0xe2, 0x82], #""\ufffd\ufffd""#)
        check([0xc0, 0x80], #""\ufffd\ufffd""#)
        check([0xed, 0xa0, 0x80], #""\ufffd\ufffd\ufffd""#)
        check([0xf4, 0x90, 0x80, 0x80], #""\ufffd\ufffd\ufffd\ufffd""#)
        check([0xf0, 0x9f, 0x9a, 0x80], "\"🚀\"")
    }

    @Test(arguments: 1...100)
    func `what is written is read back`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let scalars = (0..<40).map { _ -> Unicode.Scalar in
            let highest: UInt32 = [0x7f, 0x7f, 0x7ff, 0xffff, 0x1_ffff][Int.random(in: 0..<5, using: &random)]
            return Unicode.Scalar(UInt32.random(in: 0...highest, using: &random)) ?? "x"
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        var json = JSONWriter()
        json.string(text)
        let decoded = try json.bytes.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            return try scanner.decoded(scanner.string())
        }
        #expect(Array(decoded.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test func `numbers have the fewest digits and no exponent`() {
        func check(_ value: Double, _ expected: String) { #expect(DecimalText.text(value) == expected) }
        check(0, "0")
        check(-0.0, "-0")
        check(2, "2")
        check(-1.5, "-1.5")
        check(0.1, "0.1")
        check(1e-7, "0.0000001")
        check(4.6e-10, "0.00000000046")
        check(4.6e23, "460000000000000000000000")
        check(1e25, "10000000000000000000000000")
        check(123_456_789.125, "123456789.125")
        check(9_007_199_254_740_994, "9007199254740994")
        check(0.30000000000000004, "0.30000000000000004")
        check(.nan, "NaN")
        check(.infinity, "+Inf")
        check(-.infinity, "-Inf")
    }

    @Test func `integers are written to the ends of their range`() {
        var json = JSONWriter()
        json.number(Int64.min)
        json.raw(",")
        json.quotedNumber(Int64.max)
        json.raw(",")
        json.number(0)
        #expect(String(decoding: json.bytes, as: UTF8.self) == "-9223372036854775808,\"9223372036854775807\",0")
    }

    private func written(_ text: String) -> String {
        var json = JSONWriter()
        json.string(text)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
