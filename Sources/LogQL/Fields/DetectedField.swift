/// A field that lines or their structured metadata have, as a sample of entries shows it.
public struct DetectedField: Sendable, Hashable {
    /// What the values of a field look like.
    public enum Kind: String, Sendable, Hashable {
        /// Any text.
        case string
        /// A whole number of 64 bits.
        case int
        /// Another number.
        case float
        /// What Go takes for a boolean: `true`, `F`.
        case boolean
        /// A duration of Go: `1m30s`.
        case duration
        /// A size: `35.9KB`.
        case bytes
    }

    /// The label that a parser makes of it.
    public var name: String
    /// What its values look like: the guess for the first one, but a float once there is one among whole numbers.
    public internal(set) var kind: Kind
    /// The parsers that find it, in the order met; none for metadata.
    public internal(set) var parsers: [String] = []
    /// The keys that lead to it in lines of JSON.
    public internal(set) var path: [String]?
    /// Its different values in the order met.
    public internal(set) var values: [String] = []

    private var known: Set<String> = []

    init(name: String, firstValue: String) {
        self.name = name
        kind = Kind(guessedFrom: firstValue)
    }

    mutating func add(_ value: String) {
        guard known.insert(value).inserted else { return }
        values.append(value)
        if kind == .int, Kind(guessedFrom: value) == .float { kind = .float }
    }

    mutating func add(parser: String) {
        if !parsers.contains(parser) { parsers.append(parser) }
    }
}

extension DetectedField.Kind {
    /// Guesses from one value: number, boolean, duration, size, or just a text.
    init(guessedFrom value: String) {
        var value = value
        let isSpelledBoolean = DetectedField.Kind.booleans.contains(value)
        if Int64(value) != nil {
            self = .int
            return
        }
        self = value.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            if ValueText.number(bytes) != nil { return .float }
            if isSpelledBoolean { return .boolean }
            if DurationText.go(bytes) != nil { return .duration }
            return ValueText.byteSize(bytes) == nil ? .string : .bytes
        }
    }

    private static let booleans: Set<String> = ["t", "T", "true", "TRUE", "True", "f", "F", "false", "FALSE", "False"]
}
