/// How lines of a shape were taken apart. On disk, never renumber.
enum ShapeKind: UInt8, Sendable {
    /// One JSON object: strings, numbers, `true`, `false`, `null` and whole arrays are holes.
    case json = 1
    /// `key=value` pairs and nothing else: values are holes.
    case logfmt = 2
    /// Anything: runs of letters, digits and underscores that hold a digit are holes.
    case text = 3
}

/// What may stand in a hole, which tells where it ends. On disk, never renumber: 0...2 for each kind of shape.
enum HoleKind: UInt8, Sendable {
    /// The inside of a JSON string, escapes as they are.
    case string = 0
    /// A JSON number, `true`, `false` or `null`.
    case scalar = 1
    /// A JSON array with its brackets.
    case array = 2
    /// A logfmt value without quotes, maybe empty.
    case bare = 4
    /// The inside of a quoted logfmt value, escapes as they are.
    case quoted = 5
    /// A run of word bytes with a digit among them.
    case word = 8
    /// No hole: the line ends here.
    case end = 15

    /// The kind of hole that a code stands for in a shape of a kind; nil when there is none.
    init?(code: UInt64, in kind: ShapeKind) {
        guard code <= 2 else { return nil }
        let base: UInt8 =
            switch kind {
            case .json: 0
            case .logfmt: 4
            case .text: 8
            }
        self.init(rawValue: base + UInt8(code))
    }

    /// The code inside a shape.
    var code: UInt64 { UInt64(rawValue & 3) }
}
