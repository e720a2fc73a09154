internal import WeirBytes
internal import WeirModel
internal import WeirSystem

/// `email_configs`.
public struct EmailReceiver: Integration {
    /// The server and how to talk to it.
    public var server: MailServer
    /// The addresses, a template.
    public var to: String
    /// The sender, a template.
    public var from: String
    /// `send_resolved`.
    public var sendsResolved = false
    /// Why it can tell nobody.
    public var missing: String?
    /// The HTML part, a template; empty for none.
    public var html = #"{{ template "email.default.html" . }}"#
    /// The plain part, a template; empty for none.
    public var text = ""
    /// Header fields that take the place of ours, templates by name.
    public var headers: [String: String] = [:]

    /// `email`
    public let kind = "email"

    /// Creates a receiver.
    public init(server: MailServer, to: String, from: String) {
        self.server = server
        self.to = to
        self.from = from
    }

    /// The message for a notification.
    public func message(_ writer: MessageWriter) throws(MessageError) -> OutboundMessage {
        let senders = MailAddress.list(try writer.text(from))
        guard let sender = senders.first, senders.count == 1 else { throw MessageError("from is not one address") }
        let recipients = MailAddress.list(try writer.text(to))
        guard !recipients.isEmpty else { throw MessageError("to holds no address") }
        var fields: [(name: String, value: String)] = []
        for (name, template) in headers.sorted(by: { $0.key < $1.key }) {
            fields.append((Self.headerName(name), Self.headerText(try writer.text(template))))
        }
        func add(_ name: String, _ value: String) {
            if !fields.contains(where: { $0.name == name }) { fields.append((name, value)) }
        }
        if !fields.contains(where: { $0.name == "Subject" }) {
            add("Subject", Self.headerText(try writer.text(#"{{ template "email.default.subject" . }}"#)))
        }
        add("To", recipients.joined(separator: ", "))
        add("From", senders.joined(separator: ", "))
        let host = MailAddress.bare(sender).split(separator: "@").last.map(String.init) ?? server.host
        let moment = "\(writer.now.nanoseconds)"
        add("Message-Id", "<\(moment).\(writer.incidentKey.prefix(16))@\(host)>")
        add("Date", Self.date(writer.now))
        let boundary = "weir-\(writer.incidentKey.prefix(24))-\(moment)"
        add("Content-Type", "multipart/alternative;  boundary=\(boundary)")
        add("MIME-Version", "1.0")
        var bytes: [UInt8] = []
        for field in fields { bytes += "\(field.name): \(field.value)\r\n".utf8 }
        for (type, body) in [("text/plain", try writer.text(text)), ("text/html", try writer.html(html))]
        where !body.isEmpty {
            bytes += "\r\n--\(boundary)\r\nContent-Type: \(type); charset=UTF-8\r\n".utf8
            bytes += "Content-Transfer-Encoding: quoted-printable\r\n\r\n".utf8
            bytes += QuotedPrintable.encode(Array(body.utf8))
        }
        bytes += "\r\n--\(boundary)--\r\n".utf8
        var credentials: MailCredentials?
        if let user = server.user {
            credentials = MailCredentials(
                user: user, identity: server.identity,
                password: try server.password.map { secret throws(MessageError) in try writer.value(of: secret) } ?? "",
                sharedSecret: try server.sharedSecret.map { secret throws(MessageError) in
                    try writer.value(of: secret)
                } ?? "")
        }
        return .mail(
            MailMessage(
                server: server, credentials: credentials, sender: MailAddress.bare(sender),
                recipients: recipients.map(MailAddress.bare), content: bytes))
    }

    private static func headerName(_ name: String) -> String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            .joined(separator: "-")
    }

    /// RFC 2047 for whatever is not plain; a line feed would start another field.
    private static func headerText(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        guard !isPlain else { return text }
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            // 45 bytes become 60 characters, so that a word stays below the 75 that are allowed.
            if word.count + bytes.count > 45 {
                words.append(Base64Text.encode(word))
                word = []
            }
            word += bytes
        }
        words.append(Base64Text.encode(word))
        return words.map { "=?UTF-8?b?\($0)?=" }.joined(separator: "\r\n ")
    }

    private static func date(_ instant: Timestamp) -> String {
        String(CivilTime(nanoseconds: instant.nanoseconds).header.dropLast(3)) + "+0000"
    }
}

/// Addresses as people write them.
enum MailAddress {
    /// The addresses of a list with commas; those with a line break in them are left out, as they could add commands.
    static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { part in
            var part = part
            while part.first?.isWhitespace == true { part.removeFirst() }
            while part.last?.isWhitespace == true { part.removeLast() }
            return String(part)
        }.filter { address in
            bare(address).contains("@") && address.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
        }
    }

    /// `a@b` of `Name <a@b>`.
    static func bare(_ address: String) -> String {
        guard let open = address.lastIndex(of: "<"), let close = address.lastIndex(of: ">"), open < close else {
            return address
        }
        return String(address[address.index(after: open)..<close])
    }
}

/// RFC 2045, 6.7.
enum QuotedPrintable {
    private static let lineMax = 76

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var column = 0
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 0x0a || (byte == 0x0d && position < bytes.count && bytes[position] == 0x0a) {
                if byte == 0x0d { position += 1 }
                result += [0x0d, 0x0a]
                column = 0
                continue
            }
            let next = position < bytes.count ? bytes[position] : 0x0a
            let isLastBlank = (byte == 0x20 || byte == 0x09) && (next == 0x0a || next == 0x0d)
            let isPlain = (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "=") || byte == 0x09
            let piece: [UInt8] =
                isPlain && !isLastBlank ? [byte] : Array("=".utf8) + HexText.encode([byte]).uppercased().utf8
            if column + piece.count > lineMax - 1 {
                result += "=\r\n".utf8
                column = 0
            }
            result += piece
            column += piece.count
        }
        return result
    }
}
