import Testing
import WeirAgent

@Suite struct DockerLineTests {
    private struct Parts: Equatable {
        var text: String
        var stream: String
        var time: String
    }

    private func parse(_ record: String) -> Parts? {
        Array(record.utf8).withUnsafeBytes { bytes in
            guard let line = DockerLine(bytes) else { return nil }
            func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
            var plain = [UInt8](repeating: 0, count: line.body.count)
            let count = plain.withUnsafeMutableBytes { target in
                target.baseAddress.map { JSONEscapes.unescape(bytes, line.body, to: $0) } ?? 0
            }
            #expect(count == JSONEscapes.decodedCount(bytes, line.body))
            if line.isPlain { #expect(Array(bytes[line.body]) == Array(plain[..<count])) }
            return Parts(
                text: String(decoding: plain[..<count], as: UTF8.self), stream: text(line.stream), time: text(line.time)
            )
        }
    }

    private func body(_ escaped: String) -> String? {
        parse(#"{"log":"\#(escaped)","stream":"stdout","time":"2026-11-21T06:42:13Z"}"#)?.text
    }

    @Test func `the parts of a record are found`() {
        #expect(
            parse(#"{"log":"hello out\n","stream":"stdout","time":"2026-11-21T06:42:13.44604633Z"}"#)
                == Parts(text: "hello out", stream: "stdout", time: "2026-11-21T06:42:13.44604633Z"))
    }

    @Test func `attributes and other keys are passed over, in any order`() {
        #expect(
            parse(
                #"{"log":"one\n","stream":"stderr","attrs":{"X":"1","a":"}\"{","tag":"T"},"time":"2026-11-21T06:42:17Z"}"#
            )
                == Parts(text: "one", stream: "stderr", time: "2026-11-21T06:42:17Z"))
        #expect(
            parse(#"{"time":"t","n":1,"b":[1,{"c":2}],"ok":true,"stream":"stdout","log":"x\n"}"#)
                == Parts(text: "x", stream: "stdout", time: "t"))
    }

    @Test func `escapes mean what Docker meant`() {
        #expect(body(#"\u003chtml\u003e \u0026\n"#) == "<html> &")
        #expect(body(#"\u2028 and \u2029\n"#) == "\u{2028} and \u{2029}")
        #expect(body(#"bad \ufffd\ufffd utf8 \ufffd\n"#) == "bad \u{fffd}\u{fffd} utf8 \u{fffd}")
        #expect(body(#"tab\u0009bell\u0007esc\u001b[31m \" \\ \/ \r\n"#) == "tab\tbell\u{7}esc\u{1b}[31m \" \\ / \r")
        #expect(body("\u{7f} \u{1f600} é\\n") == "\u{7f} \u{1f600} é")
    }

    @Test func `surrogates are joined, and halves replaced`() {
        #expect(body(#"\ud83d\ude00\n"#) == "\u{1f600}")
        #expect(body(#"\ud83d\n"#) == "\u{fffd}")
        #expect(body(#"\ud83dx\ude00\n"#) == "\u{fffd}x\u{fffd}")
        #expect(body(#"\ud83d\ud83d\ude00\n"#) == "\u{fffd}\u{1f600}")
    }

    @Test func `only an escaped newline ends a line`() {
        #expect(body(#"a\n"#) == "a")
        #expect(body(#"a\\n"#) == #"a\n"#)
        #expect(body(#"a\\\n"#) == #"a\"#)
        #expect(body(#"a\n\n"#) == "a\n")
        #expect(body("") == "")
        #expect(body(#"\n"#) == "")
    }

    @Test func `a broken escape stays as it is`() {
        #expect(body(#"\u12"#) == #"\u12"#)
        #expect(body(#"\q\n"#) == #"\q"#)
    }

    @Test func `a piece is a record of 16 KiB without a newline`() {
        func isPiece(_ text: String) -> Bool {
            let bytes = Array(#"{"log":"\#(text)","stream":"stdout","time":"t"}"#.utf8)
            return bytes.withUnsafeBytes { DockerLine($0)?.isPiece($0) ?? false }
        }
        let full = String(repeating: "a", count: 16_384)
        #expect(isPiece(full))
        #expect(!isPiece(full + #"\n"#))
        #expect(!isPiece(String(repeating: "a", count: 10_000)))
        // Escapes make the record long, but the text is short: a last line without newline.
        #expect(!isPiece(String(repeating: #"\u003c"#, count: 5_000)))
        #expect(isPiece(String(repeating: #"\u003c"#, count: 16_384)))
    }

    @Test(arguments: [
        "", "{}", "{", "}", "plain text", #"{"log":"x"#, #"{"log":"x\"}"#, #"{"log":1}"#, #"{"stream":"stdout"}"#,
        #"{"log":"x","stream":}"#, #"{"log":"x"} trailing }"#, #"{"log""x"}"#, #"{"log":"x",}"#, "[1]",
        #"{"level":"info","msg":"an application's own JSON"}"#,
    ])
    func `what is no record is told apart`(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `no prefix of a record, and no change of one byte, leads astray`() {
        let record = Array(
            #"{"log":"a\u00e9\n","stream":"stderr","attrs":{"k":["v"]},"time":"2026-11-21T06:42:13Z"}"#.utf8)
        for end in record.indices { _ = record[..<end].withUnsafeBytes { DockerLine($0)?.isPiece($0) } }
        for index in record.indices {
            for byte in [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "}"), 0, 0xff] {
                var broken = record
                broken[index] = byte
                broken.withUnsafeBytes { bytes in
                    guard let line = DockerLine(bytes) else { return }
                    _ = line.isPiece(bytes)
                    _ = JSONEscapes.decodedCount(bytes, line.body)
                }
            }
        }
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.000000001Z", 1),
            ("2026-11-21T06:42:13.446088283Z", 1_795_243_333_446_088_283),
            ("2026-11-21T06:42:13.44604633Z", 1_795_243_333_446_046_330),
            ("2026-11-21T08:42:13+02:00", 1_795_243_333_000_000_000), ("2000-02-29T23:59:60Z", 951_868_800_000_000_000),
            ("1969-12-31T23:59:59.5Z", -500_000_000),
        ] as [(String, Int64)])
    func `times are read to the nanosecond`(text: String, nanoseconds: Int64) {
        #expect(Array(text.utf8).withUnsafeBytes { RFC3339Time.parse($0) } == nanoseconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-13-21T06:42:13Z", "2026-02-29T06:42:13Z", "2026-11-21T24:42:13Z", "2026-11-21T06:42:13",
        "2026-11-21T06:42:13.Z", "2026-11-21T06:42:13Zx", "2026-11-21T06:42:13+0200", "9999-11-21T06:42:13Z",
        "2026-11-21T06:42:1Z00",
    ])
    func `what is no time is none`(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { RFC3339Time.parse($0) } == nil)
    }
}
