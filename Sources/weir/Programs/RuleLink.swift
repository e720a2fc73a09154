internal import WeirBytes

/// The address of an expression in a page that shows it: Grafana's Explore, whose form Loki's ruler uses too.
enum RuleLink {
    static func text(of expression: String, server: String) -> String {
        var json = JSONWriter()
        json.raw(#"{"queries":[{"expr":"#)
        json.string(expression)
        json.raw(#","queryType":"range"}]}"#)
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        return base + "/explore?left=" + escaped(json.bytes)
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes {
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                byte < 0x80
                && (Character(scalar).isLetter || Character(scalar).isNumber || "-_.~".unicodeScalars.contains(scalar))
            if isPlain {
                text.unicodeScalars.append(scalar)
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
