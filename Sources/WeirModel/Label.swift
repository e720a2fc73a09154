/// A name and value that, with others, identify a stream.
public struct Label: Sendable {
    /// The name; `[a-zA-Z_][a-zA-Z0-9_]*` for labels of streams.
    public var name: String
    /// The value; any text.
    public var value: String

    /// Creates a label without checking either part.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether `name` may name a label: `[a-zA-Z_][a-zA-Z0-9_]*`, the rule of Prometheus and Loki.
    public static func isValidName(_ name: some StringProtocol) -> Bool {
        var isFirst = true
        for byte in name.utf8 {
            let letter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            let digit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard letter || byte == UInt8(ascii: "_") || (digit && !isFirst) else { return false }
            isFirst = false
        }
        return !isFirst
    }
}

extension Label: Hashable {
    /// Whether name and value have the same bytes.
    public static func == (left: Label, right: Label) -> Bool {
        left.name == right.name && ExactText.isEqual(left.value, right.value)
    }

    /// Hashes name and value.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(value)
    }
}
