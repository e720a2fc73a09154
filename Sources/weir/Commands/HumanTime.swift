internal import WeirAPI
internal import WeirModel

/// Instants as people write them: `now`, `2h ago`, `now-30m`, `yesterday`, `14:30`, `2026-03-10`, `2026-03-10 14:30`,
/// RFC 3339, or Unix seconds and nanoseconds. Without a zone it is UTC, as in everything that is printed.
enum HumanTime {
    private static let day: Int64 = 86_400_000_000_000

    /// Nanoseconds since 1970 UTC; nil when the text is no instant.
    static func parse(_ text: String, now: Int64) -> Int64? {
        let words = text.split(separator: " ").map(String.init)
        let midnight = now - (now % day + day) % day
        switch words.first {
        case "now" where words.count == 1: return now
        case "today": return clock(words.dropFirst(), of: midnight)
        case "yesterday": return clock(words.dropFirst(), of: midnight - day)
        default: break
        }
        if words.count == 2, words[1] == "ago" { return ParameterText.duration(words[0]).map { now - $0 } }
        if words.count == 1, text.hasPrefix("now-") || text.hasPrefix("-") {
            let length = text.dropFirst(text.hasPrefix("-") ? 1 : 4)
            return ParameterText.duration(String(length)).map { now - $0 }
        }
        if words.count == 1, let time = clock(words[...], of: midnight), text.contains(":"), !text.contains("T") {
            return time
        }
        if let number = Int64(text) { return text.count <= 10 ? number * 1_000_000_000 : number }
        if let instant = TimeText.parse(text) { return instant }
        guard let first = words.first, first.count == 10, words.count <= 2 else { return nil }
        return TimeText.parse(first + "T00:00:00Z").flatMap { clock(words.dropFirst(), of: $0) }
    }

    /// The time `14:30` or `14:30:15` of a day; its midnight when none is given.
    private static func clock(_ words: ArraySlice<String>, of midnight: Int64) -> Int64? {
        guard let text = words.first else { return midnight }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
        guard words.count == 1, (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1],
            let second = parts.count == 3 ? parts[2] : 0, (0..<24).contains(hour), (0..<60).contains(minute),
            (0..<60).contains(second)
        else { return nil }
        return midnight + (hour * 3600 + minute * 60 + second) * 1_000_000_000
    }
}
