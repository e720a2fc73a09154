internal import WeirBytes

/// The client's side of RFC 5321 without a socket: lines of the server go in, what to do comes out.
public struct SMTPDialogue: Sendable {
    /// What the connection does next.
    public enum Step: Sendable, Hashable {
        /// Wait for more of the answer.
        case wait
        /// Send these bytes, then wait.
        case send([UInt8])
        /// Begin TLS, then send these bytes.
        case startTLS(then: [UInt8])
        /// The message is taken: send these bytes and close.
        case delivered([UInt8])
        /// It is not: close.
        case failed(DeliveryOutcome)
    }

    private enum State: Sendable, Hashable {
        case greeting, hello, startTLS, authentication, answer(AuthenticationKind), sender, recipient(Int), data,
            content
    }

    private enum AuthenticationKind: Sendable, Hashable {
        case plain, challenge
        /// How much of name and password has been sent.
        case login(sent: Int)
    }

    private let message: MailMessage
    private var state = State.greeting
    private var isEncrypted: Bool
    private var features: [String] = []

    /// Creates the dialogue for a message.
    ///
    /// - Parameter isEncrypted: whether the connection has TLS already.
    public init(_ message: MailMessage, isEncrypted: Bool) {
        self.message = message
        self.isEncrypted = isEncrypted
    }

    /// Takes a line of the server, without its end.
    public mutating func receive(_ line: String) -> Step {
        guard line.utf8.count >= 3, let code = Int(line.prefix(3)) else {
            return .failed(.postponed(reason: "no SMTP server answers", after: nil))
        }
        let text = String(line.dropFirst(4))
        if state == .hello { features.append(text.uppercased()) }
        // `250-` announces more lines.
        if line.dropFirst(3).first == "-" { return .wait }
        return proceed(code, text)
    }

    private mutating func proceed(_ code: Int, _ text: String) -> Step {
        switch (state, code) {
        case (.greeting, 220): return hello()
        case (.hello, 250): return afterHello()
        case (.startTLS, 220):
            isEncrypted = true
            guard case .send(let bytes) = hello() else { return .wait }
            return .startTLS(then: bytes)
        case (.authentication, 334): return respond(to: text)
        case (.answer(.login(let sent)), 334) where sent < 2:
            state = .answer(.login(sent: sent + 1))
            let part = sent == 0 ? message.credentials?.user : message.credentials?.password
            return command(Base64Text.encode(Array((part ?? "").utf8)))
        case (.authentication, 235), (.answer, 235): return begin()
        case (.sender, 250): return recipient(0)
        case (.recipient(let index), 250...251):
            if index + 1 < message.recipients.count { return recipient(index + 1) }
            state = .data
            return command("DATA")
        case (.data, 354):
            state = .content
            return .send(Self.stuffed(message.content))
        case (.content, 250): return .delivered(Array("QUIT\r\n".utf8))
        default: return refused(code, text)
        }
    }

    private func refused(_ code: Int, _ text: String) -> Step {
        let reason = "SMTP \(code): \(text.prefix(200))"
        // RFC 5321, 4.2.1: 4yz may pass, 5yz does not.
        return .failed((400..<500).contains(code) ? .postponed(reason: reason, after: nil) : .refused(reason: reason))
    }

    private func command(_ text: String) -> Step { .send(Array((text + "\r\n").utf8)) }

    private mutating func hello() -> Step {
        state = .hello
        features = []
        return command("EHLO \(message.server.hello)")
    }

    private mutating func afterHello() -> Step {
        if !isEncrypted {
            if features.contains(where: { $0 == "STARTTLS" }) {
                state = .startTLS
                return command("STARTTLS")
            }
            if message.server.requiresTLS {
                return .failed(.refused(reason: "the server offers no STARTTLS, which require_tls asks for"))
            }
        }
        return message.credentials == nil ? begin() : authenticate()
    }

    private mutating func authenticate() -> Step {
        guard let credentials = message.credentials,
            let offered = features.first(where: { $0.hasPrefix("AUTH ") })?.split(separator: " ").dropFirst()
        else { return .failed(.refused(reason: "the server offers no AUTH, which a user name asks for")) }
        let isTrusted = isEncrypted || ["localhost", "127.0.0.1", "::1"].contains(message.server.host)
        state = .authentication
        for mechanism in offered {
            switch mechanism {
            case "CRAM-MD5" where !credentials.sharedSecret.isEmpty: return command("AUTH CRAM-MD5")
            case "PLAIN" where isTrusted && !credentials.password.isEmpty:
                state = .answer(.plain)
                let text = "\(credentials.identity)\0\(credentials.user)\0\(credentials.password)"
                return command("AUTH PLAIN " + Base64Text.encode(Array(text.utf8)))
            case "LOGIN" where isTrusted && !credentials.password.isEmpty:
                state = .answer(.login(sent: 0))
                return command("AUTH LOGIN")
            default: continue
            }
        }
        let names = offered.joined(separator: ", ")
        return .failed(.refused(reason: "none of the server's ways to log in can be used: \(names)"))
    }

    private mutating func respond(to challenge: String) -> Step {
        guard let credentials = message.credentials, let bytes = Base64Text.decode(challenge) else {
            return .failed(.refused(reason: "the server's challenge is no base64"))
        }
        state = .answer(.challenge)
        let digest = Self.keyedMD5(key: Array(credentials.sharedSecret.utf8), bytes)
        return command(Base64Text.encode(Array("\(credentials.user) \(HexText.encode(digest))".utf8)))
    }

    private mutating func begin() -> Step {
        state = .sender
        return command("MAIL FROM:<\(message.sender)>")
    }

    private mutating func recipient(_ index: Int) -> Step {
        state = .recipient(index)
        return command("RCPT TO:<\(message.recipients[index])>")
    }

    /// RFC 5321, 4.5.2: a point that starts a line is doubled, and a lone one ends the message.
    private static func stuffed(_ content: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count + 8)
        var startsLine = true
        for byte in content {
            if startsLine, byte == UInt8(ascii: ".") { result.append(byte) }
            result.append(byte)
            startsLine = byte == 0x0a
        }
        return result + Array((startsLine ? ".\r\n" : "\r\n.\r\n").utf8)
    }

    /// HMAC-MD5 (RFC 2104).
    private static func keyedMD5(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var padded = key.count > 64 ? MD5.digest(key) : key
        padded += [UInt8](repeating: 0, count: 64 - padded.count)
        return MD5.digest(padded.map { $0 ^ 0x5c } + MD5.digest(padded.map { $0 ^ 0x36 } + message))
    }
}
