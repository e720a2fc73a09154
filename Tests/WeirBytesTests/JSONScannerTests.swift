import Testing
import WeirBytes
import WeirTesting

@Suite struct JSONScannerTests {
    @Test func `values are found where they lie`() throws {
        try scan(#" { "a" : [1, -2.5e+3, true], "b\n": null } "#) { scanner in
            try scanner.expect(UInt8(ascii: "{"))
            let first = try scanner.string()
            #expect(first == JSONScanner.Text(range: 4..<5, hasEscape: false))
            try scanner.expect(UInt8(ascii: ":"))
            expect(try scanner.skipValue() == 9..<27)
            expect(scanner.take(UInt8(ascii: ",")))
            let second = try scanner.string()
            #expect(second.hasEscape)
            #expect(try scanner.decoded(second) == "b\n")
            try scanner.expect(UInt8(ascii: ":"))
            try scanner.literal("null")
            expect(scanner.take(UInt8(ascii: "}")))
            expect(scanner.isAtEnd())
        }
    }

    @Test func `escapes become what they stand for`() throws {
        func check(_ escaped: String, _ plain: String) throws {
            try scan("\"\(escaped)\"") { scanner in
                let text = try scanner.string()
                #expect(try scanner.decoded(text) == plain, "\(escaped)")
            }
        }
        try check(#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t")
        try check(#"\u0041\u00e9\u20AC"#, "Aé€")
        try check(#"\ud83d\ude80!"#, "🚀!")
        try check(#"\u0000"#, "\0")
        try check(#"\ud83d"#, "\u{fffd}")
        try check(#"\ude80x"#, "\u{fffd}x")
        try check(#"\ud83d\u0041"#, "\u{fffd}A")
        try check("plain text of more than eight bytes", "plain text of more than eight bytes")
        try check(#"1234567\n1234567\\12345678901234\t"#, "1234567\n1234567\\12345678901234\t")
    }

    @Test func `what is no value is refused at its place`() {
        func check(_ text: String, _ kind: JSONError.Kind, _ byteOffset: Int) {
            #expect(fault(text) == JSONError(kind, at: byteOffset), "\(text)")
        }
        check("", .truncated, 0)
        check("[1,", .truncated, 3)
        check("[1 2]", .unexpectedByte, 3)
        check(#"{"a" 1}"#, .unexpectedByte, 5)
        check(#""abc"#, .truncated, 4)
        check(#""abc\"#, .truncated, 5)
        check("trux", .unexpectedByte, 3)
        check("01", .invalidNumber, 0)
        check("-x", .invalidNumber, 1)
        check("1.e5", .invalidNumber, 2)
        check("[,]", .unexpectedByte, 1)
        check(#"{"a":}"#, .unexpectedByte, 5)
        check(String(repeating: "[", count: 200), .tooDeep, 128)
    }

    @Test func `an unknown escape is refused when it is read`() throws {
        try scan(#""a\xb""#) { scanner in
            let text = try scanner.string()
            #expect(throws: JSONError(.invalidEscape, at: 2)) { try scanner.decoded(text) }
        }
    }

    @Test(arguments: 1...200)
    func `broken texts never trap`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let sample = #"{"a":["x\u0041\ud83d\ude80",-1.5e9,{"b":null,"c":[true,false]}],"d":"plain text, longer"}"#
        var bytes = Array(sample.utf8)
        for _ in 0..<3 {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
        bytes.withUnsafeBytes { buffer in
            var scanner = JSONScanner(buffer)
            _ = try? scanner.skipValue()
            #expect(scanner.offset <= buffer.count)
            var strings = JSONScanner(buffer)
            while strings.offset < buffer.count {
                if let text = try? strings.string() { _ = try? strings.decoded(text) } else { strings.offset += 1 }
            }
        }
    }

    /// The macro cannot take a call that moves the scanner.
    private func expect(_ holds: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(holds, sourceLocation: sourceLocation)
    }

    private func scan(_ text: String, _ body: (inout JSONScanner) throws -> Void) throws {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            try body(&scanner)
        }
    }

    private func fault(_ text: String) -> JSONError? {
        Array(text.utf8).withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                try scanner.skipValue()
                return nil
            } catch {
                return error
            }
        }
    }
}
