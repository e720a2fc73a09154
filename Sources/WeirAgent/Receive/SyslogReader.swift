/// Reads the parts of a syslog message from its bytes, front to back.
struct SyslogReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What was not read yet.
    var rest: [UInt8] { Array(bytes[position...]) }

    mutating func skip(_ count: Int) {
        position = min(bytes.count, position + count)
    }

    /// `<34>`: 0 to 191.
    mutating func priority() -> Int? {
        guard bytes.first == UInt8(ascii: "<"), let end = bytes.prefix(5).firstIndex(of: UInt8(ascii: ">")),
            let value = Int(String(decoding: bytes[1..<end], as: UTF8.self)), (0...191).contains(value)
        else { return nil }
        position = end + 1
        return value
    }

    mutating func take(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    /// Up to the next space, which is passed, or to the end; nil when nothing is left.
    mutating func word() -> String? {
        guard position < bytes.count else { return nil }
        let end = bytes[position...].firstIndex(of: UInt8(ascii: " ")) ?? bytes.count
        defer { position = min(end + 1, bytes.count) }
        return end == position ? nil : String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// `-`, or `[id name="value" …]` as often as there are elements.
    mutating func structuredData(into data: inout [SyslogMessage.DataPair]) -> Bool {
        if take("-") { return true }
        var isAny = false
        while take("[") {
            isAny = true
            guard let id = name(until: [UInt8(ascii: " "), UInt8(ascii: "]")]) else { return false }
            while take(" ") {
                guard let name = name(until: [UInt8(ascii: "=")]), take("=\""), let value = quoted() else {
                    return false
                }
                data.append(SyslogMessage.DataPair(id: id, name: name, value: value))
            }
            guard take("]") else { return false }
        }
        // Some senders leave the dash out.
        return isAny || position == bytes.count || bytes[position] == UInt8(ascii: " ")
    }

    private mutating func name(until ends: [UInt8]) -> String? {
        guard let end = bytes[position...].firstIndex(where: { ends.contains($0) }), end > position else { return nil }
        defer { position = end }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    private mutating func quoted() -> String? {
        var value: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: value, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), position < bytes.count,
                [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "]")].contains(bytes[position])
            {
                value.append(bytes[position])
                position += 1
            } else {
                value.append(byte)
            }
        }
        return nil
    }

    /// `Nov 21 06:42:13 `, in UTC and in the year that brings it nearest to `now`; or a time of RFC 3339.
    mutating func oldTime(now: Int64) -> Int64? {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: " ")) ?? bytes.count
        if let exact = bytes[position..<end].withUnsafeBytes({ RFC3339Time.parse($0) }) {
            position = min(end + 1, bytes.count)
            return exact
        }
        let text = Array(bytes[position...].prefix(16))
        guard text.count >= 15,
            let month = SyslogReader.months.firstIndex(of: String(decoding: text[..<3], as: UTF8.self)),
            let day = number(text, 4, 6), let hour = number(text, 7, 9), let minute = number(text, 10, 12),
            let second = number(text, 13, 15), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        position = min(position + 16, bytes.count)
        let clock = Int64(hour * 3600 + minute * 60 + second)
        // 400 years have 146,097 days.
        let thisYear = 1970 + Int(now / 1_000_000_000 / 86_400) * 400 / 146_097
        let candidates = (thisYear - 1...thisYear + 1).map { year in
            let days = RFC3339Time.daysSinceEpoch(year: year, month: month + 1, day: day)
            return (Int64(days) * 86_400 + clock) * 1_000_000_000
        }
        return candidates.min { abs($0 - now) < abs($1 - now) }
    }

    private func number(_ text: [UInt8], _ start: Int, _ end: Int) -> Int? {
        Int(String(decoding: text[start..<end].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self))
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
