/// When a time zone changed its offset: the content of a file of the system's zone database.
public struct ZoneTable: Sendable {
    /// An offset from UTC and its short name.
    public struct Period: Sendable {
        /// Seconds to the east.
        public var offsetSeconds: Int
        /// `CET`, `UTC`.
        public var name: String
    }

    /// UTC.
    public static let utc = ZoneTable()

    private var transitions: [Int64] = []
    /// What holds from each transition on.
    private var periods: [Period] = []
    private var first = Period(offsetSeconds: 0, name: "UTC")
    /// What holds behind the last transition; nil when its period goes on for ever.
    private var rule: ZoneRule?

    private init() {}

    /// What a clock in the zone is ahead of UTC when it shows `local`, in seconds since 1970 as if it were UTC.
    public func offset(atLocal local: Int64) -> (offsetSeconds: Int, name: String) {
        // The offset in force at the clock's time may be that before or behind a change close by.
        var period = self.period(at: local)
        period = self.period(at: local - Int64(period.offsetSeconds))
        return (period.offsetSeconds, period.name)
    }

    /// What holds at an instant, in seconds since 1970 UTC.
    public func period(at seconds: Int64) -> Period {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        if low == transitions.count, let rule { return rule.period(at: seconds) }
        return low == 0 ? first : periods[low - 1]
    }

    // MARK: Reading

    /// Reads a file of the database, in the 64-bit form of its second version.
    public init?(file: [UInt8]) {
        var reader = Reader(bytes: file)
        guard let small = reader.header(), small.version >= UInt8(ascii: "2") else { return nil }
        reader.position += small.byteCount(timeBytes: 4)
        guard let counts = reader.header() else { return nil }
        guard let times = reader.integers(counts.transitions, 8), let kinds = reader.take(counts.transitions),
            let types = reader.take(counts.types * 6), let names = reader.take(counts.nameBytes)
        else { return nil }
        var all: [Period] = []
        for start in stride(from: 0, to: types.count, by: 6) {
            let offset = types[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let rest = names.dropFirst(Int(types[start + 5])).prefix { $0 != 0 }
            let name = String(decoding: rest, as: UTF8.self)
            all.append(Period(offsetSeconds: Int(Int32(bitPattern: offset)), name: name))
        }
        guard let first = all.first, kinds.allSatisfy({ Int($0) < all.count }) else { return nil }
        transitions = times
        periods = kinds.map { all[Int($0)] }
        self.first = first
        reader.position += counts.leapSeconds * 12 + counts.standardFlags + counts.universalFlags
        rule = reader.footer().flatMap { ZoneRule($0) }
    }

    private struct Header {
        var version: UInt8
        var universalFlags, standardFlags, leapSeconds, transitions, types, nameBytes: Int

        func byteCount(timeBytes: Int) -> Int {
            transitions * (timeBytes + 1) + types * 6 + nameBytes + leapSeconds * (timeBytes + 4) + standardFlags
                + universalFlags
        }
    }

    private struct Reader {
        var bytes: [UInt8]
        var position = 0

        mutating func take(_ count: Int) -> [UInt8]? {
            guard position <= bytes.count, count <= bytes.count - position else { return nil }
            defer { position += count }
            return Array(bytes[position..<(position + count)])
        }

        /// The text between the two line ends behind the tables.
        mutating func footer() -> ArraySlice<UInt8>? {
            guard position < bytes.count, bytes[position] == 10,
                let end = bytes[(position + 1)...].firstIndex(of: 10)
            else { return nil }
            return bytes[(position + 1)..<end]
        }

        mutating func integers(_ count: Int, _ size: Int) -> [Int64]? {
            guard let raw = take(count * size) else { return nil }
            return stride(from: 0, to: raw.count, by: size).map { start in
                Int64(bitPattern: raw[start..<(start + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
            }
        }

        mutating func header() -> Header? {
            guard let magic = take(20), magic.starts(with: "TZif".utf8), let counts = integers(6, 4),
                counts.allSatisfy({ $0 <= 1 << 20 })
            else { return nil }
            let sizes = counts.map { Int($0) }
            return Header(
                version: magic[4], universalFlags: sizes[0], standardFlags: sizes[1], leapSeconds: sizes[2],
                transitions: sizes[3], types: sizes[4], nameBytes: sizes[5])
        }
    }
}
