import Testing
import WeirAgent
import WeirModel

@Suite struct SyslogTests {
    private static let now: Int64 = 1_795_243_333_000_000_000  // 2026-11-21 06:42:13 UTC

    private func read(_ text: String, _ format: SyslogConfiguration.Format = .rfc5424) -> SyslogMessage? {
        SyslogMessage(Array(text.utf8), format: format, now: SyslogTests.now)
    }

    @Test func `a message of RFC 5424 is taken apart`() throws {
        let text =
            #"<165>1 2026-11-21T06:42:13.003Z web1 shop 77 ID47 [a@1 k="v\"]" l="2"][b x="y"] "# + "\u{feff}hello"
        let message = try #require(read(text))
        #expect(message.severity == 5 && message.facility == 20)
        #expect(message.timestamp == SyslogTests.now + 3_000_000)
        #expect([message.host, message.application, message.process, message.kind] == ["web1", "shop", "77", "ID47"])
        #expect(message.data.map(\.value) == [#"v"]"#, "2", "y"])
        #expect(message.text == Array("hello".utf8))
        let labels = LabelSet(message.metaLabels(withData: true))
        #expect(labels["__syslog_message_severity"] == "notice" && labels["__syslog_message_facility"] == "local4")
        #expect(labels["__syslog_message_sd_a_1_k"] == #"v"]"# && labels["__syslog_message_msg_id"] == "ID47")
    }

    @Test func `what is not said is empty`() throws {
        let message = try #require(read("<14>1 - - - - - -"))
        #expect(message.timestamp == nil && message.host.isEmpty && message.text.isEmpty)
        #expect(message.metaLabels(withData: true).count == 2)
    }

    @Test(arguments: ["", "hello", "<192>1 - - - - - - x", "<1", "<14>2 - - - - - - x", "<14>1 yesterday - - - - - x"])
    func `what is no message is refused`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `a message of RFC 3164 is taken apart, its year is the nearest`() throws {
        let message = try #require(read("<38>Nov 21 06:42:12 web1 sshd[812]: session opened", .rfc3164))
        #expect(message.timestamp == SyslogTests.now - 1_000_000_000)
        #expect([message.host, message.application, message.process] == ["web1", "sshd", "812"])
        #expect(message.text == Array("session opened".utf8))
        let early = try #require(read("<38>Jan  1 00:00:00 web1 cron: x", .rfc3164))
        #expect(early.timestamp == 1_798_761_600_000_000_000)  // 2027, 41 days ahead, and not 2026
        #expect(try #require(read("<38>no time at all", .rfc3164)).text == Array("no time at all".utf8))
    }

    @Test(arguments: [1, 2, 3, 5, 7, 100])
    func `a stream is cut into messages wherever its chunks end`(step: Int) throws {
        let stream = Array("5 hello<1>one\n11 <2>two\nthree<3>four\n\n<4>five\u{0}6 <5>six".utf8)
        var framing = SyslogFraming(bytesMax: 100)
        var messages: [String] = []
        for start in stride(from: 0, to: stream.count, by: step) {
            messages += try framing.take(stream[start..<min(start + step, stream.count)]).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        #expect(messages == ["hello", "<1>one", "<2>two\nthre", "e<3>four", "<4>five", "<5>six"])
        #expect(framing.finish().isEmpty)
    }

    @Test func `messages that are too long are cut, and the next ones are found`() throws {
        var framing = SyslogFraming(bytesMax: 4)
        let messages = try framing.take(Array("10 abcdefghij<123456\n3 xyz<un".utf8))
        #expect(messages.map { String(decoding: $0, as: UTF8.self) } == ["abcd", "<123", "xyz"])
        #expect(framing.cut == 2)
        #expect(framing.finish() == Array("<un".utf8))
        #expect(throws: SyslogFramingError.self) { try framing.take(Array("12345678901234".utf8)) }
    }
}
