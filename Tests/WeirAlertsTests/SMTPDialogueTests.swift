import Testing
import WeirAlerts
import WeirModel

@Suite struct SMTPDialogueTests {
    private func message(requiresTLS: Bool = true, credentials: MailCredentials? = nil) -> MailMessage {
        var server = MailServer(host: "mail.test", port: 587)
        server.requiresTLS = requiresTLS
        return MailMessage(
            server: server, credentials: credentials, sender: "a@b", recipients: ["c@d", "e@f"],
            content: Array("Subject: x\r\n\r\n.dot\r\nend\r\n".utf8))
    }

    /// Plays the server's lines and returns what the client says.
    private func play(_ message: MailMessage, isEncrypted: Bool = false, _ lines: [String]) -> [String] {
        var dialogue = SMTPDialogue(message, isEncrypted: isEncrypted)
        return lines.compactMap { line in
            switch dialogue.receive(line) {
            case .wait: nil
            case .send(let bytes): String(decoding: bytes, as: UTF8.self)
            case .startTLS(let bytes): "TLS, " + String(decoding: bytes, as: UTF8.self)
            case .delivered(let bytes): "delivered, " + String(decoding: bytes, as: UTF8.self)
            case .failed(let outcome): "\(outcome)"
            }
        }
    }

    @Test func `TLS is begun, names and passwords go over it, and points are doubled`() {
        let credentials = MailCredentials(user: "u", password: "p")
        #expect(
            play(
                message(credentials: credentials),
                [
                    "220 hello", "250-mail.test", "250 STARTTLS", "220 go", "250-mail.test", "250 AUTH LOGIN PLAIN",
                    "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok", "250 ok", "250 ok", "250 ok", "354 go",
                    "250 taken",
                ]) == [
                    "EHLO localhost\r\n", "STARTTLS\r\n", "TLS, EHLO localhost\r\n", "AUTH LOGIN\r\n", "dQ==\r\n",
                    "cA==\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "RCPT TO:<e@f>\r\n", "DATA\r\n",
                    "Subject: x\r\n\r\n..dot\r\nend\r\n.\r\n", "delivered, QUIT\r\n",
                ])
    }

    @Test func `without TLS nothing is sent unless that is allowed`() {
        #expect(play(message(), ["220 hello", "250 mail.test"]).last?.contains("STARTTLS") == true)
        #expect(play(message(requiresTLS: false), ["220 hello", "250 mail.test"]).last == "MAIL FROM:<a@b>\r\n")
    }

    @Test func `a challenge is answered with its keyed hash`() {
        // The example of RFC 2195.
        let credentials = MailCredentials(user: "tim", password: "", sharedSecret: "tanstaaftanstaaf")
        let said = play(
            message(credentials: credentials), isEncrypted: true,
            [
                "220 hello", "250 AUTH CRAM-MD5",
                "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+",
            ])
        #expect(said.last == "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n")
    }

    @Test func `what may pass is tried again, what will not is not`() {
        let start = ["220 hello", "250 mail.test"]
        #expect(play(message(requiresTLS: false), start + ["451 later"]).last?.contains("postponed") == true)
        #expect(play(message(requiresTLS: false), start + ["550 never"]).last?.contains("refused") == true)
    }

    @Test func `a message has both addresses, an encoded subject and HTML that is escaped`() throws {
        var receiver = EmailReceiver(
            server: MailServer(host: "mail.test", port: 25), to: "Ops <ops@x>, b@y", from: "Weir <weir@x>")
        receiver.headers = ["subject": "Ü {{ .Status }}"]
        receiver.text = "plain {{ .CommonLabels.x }}"
        guard case .mail(let mail) = try receiver.message(ReceiverTests.writer()) else { return }
        let content = String(decoding: mail.content, as: UTF8.self)
        #expect(mail.sender == "weir@x" && mail.recipients == ["ops@x", "b@y"])
        #expect(content.contains("Subject: =?UTF-8?b?w5wgZmlyaW5n?=\r\n"))
        #expect(content.contains("\r\n\r\nplain a\r\n--") && content.contains("s &lt;1&gt;"))
        #expect(!content.contains("s <1>"))
    }
}
