internal import WeirModel

/// Numbers, instants and durations as the parameters of Loki's API write them.
public enum ParameterText {
    /// Reads an instant: RFC 3339, Unix seconds (up to ten characters, or with a point) or nanoseconds.
    ///
    /// Thirteen digits are nanoseconds too, as in Loki, although many clients would mean milliseconds.
    static func instant(_ text: String) throws(ParameterError) -> Timestamp {
        if text.contains("."), let seconds = Double(text), seconds.isFinite {
            return Timestamp(nanoseconds: fromDecimal(seconds))
        }
        do throws(ParameterError) {
            let number = try integer(text, function: "ParseInt")
            guard text.utf8.count <= 10 else { return Timestamp(nanoseconds: number) }
            return Timestamp(nanoseconds: PushTime.nanoseconds(seconds: number, nanoseconds: 0) ?? number)
        } catch {
            if let instant = TimeText.parse(text) { return Timestamp(nanoseconds: instant) }
            throw error
        }
    }

    /// Reads a whole number as Go's `strconv` does, with its messages.
    static func integer(_ text: String, function: String) throws(ParameterError) -> Int64 {
        let digits = text.utf8.dropFirst(text.hasPrefix("-") || text.hasPrefix("+") ? 1 : 0)
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw ParameterError("strconv.\(function): parsing \(QuotedText.quote(text)): invalid syntax")
        }
        guard let number = Int64(text) else {
            throw ParameterError("strconv.\(function): parsing \(QuotedText.quote(text)): value out of range")
        }
        return number
    }

    /// Reads `15`, `0.5` (seconds) or a Prometheus duration; nanoseconds.
    static func secondsOrDuration(_ text: String) throws(ParameterError) -> Int64 {
        if let seconds = Double(text) {
            let nanoseconds = seconds * 1e9
            guard nanoseconds.magnitude < 9.2e18 else {
                throw ParameterError("cannot parse \(QuotedText.quote(text)) to a valid duration. It overflows int64")
            }
            return Int64(nanoseconds)
        }
        guard let duration = duration(text) else {
            throw ParameterError("cannot parse \(QuotedText.quote(text)) to a valid duration")
        }
        return duration
    }

    /// Reads a Prometheus duration, `1h30m`: units from large to small, each at most once; nanoseconds, nil when it is
    /// none or does not fit.
    public static func duration(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        var rest = Array(text.utf8)[...]
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        var lastRank = -1
        while !rest.isEmpty {
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            let unit = rest.dropFirst(digits.count).prefix { $0 < 0x30 || $0 > 0x39 }
            rest = rest.dropFirst(digits.count + unit.count)
            let name = String(decoding: unit, as: UTF8.self)
            guard let rank = units.firstIndex(where: { $0.name == name }), rank > lastRank,
                let number = Int64(String(decoding: digits, as: UTF8.self))
            else { return nil }
            lastRank = rank
            let (part, overflow) = number.multipliedReportingOverflow(by: units[rank].milliseconds)
            let (sum, carry) = total.addingReportingOverflow(part)
            guard !overflow, !carry else { return nil }
            total = sum
        }
        let (nanoseconds, overflow) = total.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : nanoseconds
    }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
        ("ms", 1),
    ]

    /// Decimal seconds, rounded to milliseconds: a float has no more to offer at this magnitude.
    private static func fromDecimal(_ seconds: Double) -> Int64 {
        let whole = seconds.rounded(.towardZero)
        let milliseconds = ((seconds - whole) * 1000).rounded(.toNearestOrAwayFromZero)
        guard whole.magnitude < 9.2e9 else { return seconds < 0 ? .min : .max }
        return Int64(whole) * 1_000_000_000 + Int64(milliseconds) * 1_000_000
    }
}
