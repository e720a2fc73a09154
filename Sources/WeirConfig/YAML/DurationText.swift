/// Durations as Go and Prometheus write them: `1h30m`, `250ms`, `30d1h`, `1.5h`, `0`.
public enum DurationText {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9), ("d", 86_400e9),
        ("w", 7 * 86_400e9), ("y", 365 * 86_400e9),
    ]

    /// Nanoseconds; nil when the text is no duration or longer than 292 years.
    public static func nanoseconds(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        var rest = Substring(isNegative ? text.dropFirst() : text[...])
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest[digits.endIndex...]
            let word = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            rest = rest[word.endIndex...]
            guard let amount = Double(digits), let unit = units.first(where: { $0.name == word }) else { return nil }
            sum += amount * unit.nanoseconds
        }
        return Int64(exactly: (isNegative ? -sum : sum).rounded())
    }
}

/// Sizes as Loki writes them: `256KB`, `4MB`, `1.5GiB`, `4096`; all units are powers of 1024.
public enum ByteSizeText {
    private static let units: [(name: String, shift: Int)] = [
        ("", 0), ("B", 0), ("K", 10), ("KB", 10), ("KIB", 10), ("M", 20), ("MB", 20), ("MIB", 20), ("G", 30),
        ("GB", 30), ("GIB", 30), ("T", 40), ("TB", 40), ("TIB", 40),
    ]

    /// Bytes; nil when the text is no size.
    public static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let word = text[digits.endIndex...].filter { $0 != " " }.uppercased()
        guard let amount = Double(digits), let unit = units.first(where: { $0.name == word }) else { return nil }
        return Int(exactly: (amount * Double(1 << unit.shift)).rounded())
    }
}
