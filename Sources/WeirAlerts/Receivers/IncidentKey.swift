internal import WeirBytes

enum IncidentKey {
    static func text(_ groupKey: String) -> String { HexText.encode(SHA256.digest(Array(groupKey.utf8))) }
}
