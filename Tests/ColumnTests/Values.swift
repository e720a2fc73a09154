import WeirBytes
import WeirStore
import WeirTesting

/// Values as a test writes them, encoded.
struct EncodedValues {
    var column: ValueColumn
    /// The column's bytes and what has to be readable behind them.
    var payload: [UInt8]
    var timestamps: [Int64]

    init(_ values: [[UInt8]], timestamps: [Int64]? = nil, effort: ColumnEffort = .high) {
        var encoder = ValueEncoder()
        self.init(values, timestamps: timestamps, effort: effort, with: &encoder)
    }

    init(
        _ values: [[UInt8]], timestamps: [Int64]? = nil, effort: ColumnEffort = .high, with encoder: inout ValueEncoder
    ) {
        self.timestamps = timestamps ?? values.indices.map { Int64($0) * 1_000_000_000 }
        var writer = ByteWriter()
        var offsets: [UInt32] = []
        var lengths: [UInt32] = []
        // Bytes between the values belong to nobody.
        var arena: [UInt8] = [0x37]
        for value in values {
            offsets.append(UInt32(arena.count))
            lengths.append(UInt32(value.count))
            arena += value
            if arena.count % 3 == 0 { arena.append(0x41) }
        }
        let times = self.timestamps
        column = arena.withUnsafeBytes { bytes in
            offsets.withUnsafeBufferPointer { offsets in
                lengths.withUnsafeBufferPointer { lengths in
                    times.withUnsafeBufferPointer { times in
                        encoder.append(
                            ValueList(bytes: bytes, offsets: offsets, lengths: lengths, timestamps: times),
                            effort: effort, to: &writer)
                    }
                }
            }
        }
        precondition(column.storedBytes == writer.count)
        payload = writer.bytes + [UInt8](repeating: 0xaa, count: 32)
    }

    init(_ values: [String], timestamps: [Int64]? = nil, effort: ColumnEffort = .high) {
        self.init(values.map { Array($0.utf8) }, timestamps: timestamps, effort: effort)
    }

    var encoding: ColumnEncoding? { ColumnEncoding(rawValue: column.encoding) }

    func read<Result>(_ body: (ValueReader) throws -> Result) rethrows -> Result {
        try payload.withUnsafeBytes { bytes in
            try timestamps.withUnsafeBufferPointer { timestamps in
                let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<column.storedBytes])
                return try body(
                    ValueReader(column, bytes: bytes, timestamps: timestamps, path: "a test", fileOffset: 0))
            }
        }
    }

    func decoded(rows: [UInt32]? = nil) throws -> [[UInt8]] {
        var buffer = ValueBuffer()
        try read { try $0.decode(rows: rows, into: &buffer) }
        return (0..<buffer.count).map { buffer.value($0) }
    }

    func selected(_ test: ValueTest) throws -> [UInt32] {
        var rows = RowBitmap(count: column.count)
        try read { try $0.select(test, into: &rows) }
        return rows.rows
    }
}

/// Kinds of values that logs hold, made from a seed.
enum Kind: String, CaseIterable, Sendable {
    case wholes, negatives, counters, long, padded, hex, upperHex, oddHex, uuids, decimals, money, ipv4, instants
    case nanoseconds, stripped, apache, syslog, words, levels, paths, messages, bytes, empty, constant, mixed

    func value(_ index: Int, _ random: inout SeededGenerator) -> String {
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        func hex(_ count: Int, upper: Bool = false) -> String {
            (0..<count).map { _ in
                let digit = String(number(0...15), radix: 16)
                return upper ? digit.uppercased() : digit
            }.joined()
        }
        func pad(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        func date() -> String { "\(pad(number(1970...2200), 4))-\(pad(number(1...12), 2))-\(pad(number(1...28), 2))" }
        func time() -> String { "\(pad(number(0...23), 2)):\(pad(number(0...59), 2)):\(pad(number(0...59), 2))" }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        switch self {
        case .wholes: return String(number(0...99_999))
        case .negatives: return String(number(-500...500))
        case .counters: return String(1_700_000_000_000 + index * 40 + number(0...9))
        case .long: return String(number(0...999_999_999_999_999_999))
        case .padded: return pad(number(0...9999), 6)
        case .hex: return hex(32)
        case .upperHex: return hex(16, upper: true)
        case .oddHex: return hex(7)
        case .uuids: return "\(hex(8))-\(hex(4))-\(hex(4))-\(hex(4))-\(hex(12))"
        case .decimals: return "\(number(0...120)).\(number(0...99))\(number(1...9))"
        case .money: return "\(number(-120...120)).\(pad(number(0...99), 2))"
        case .ipv4: return "10.\(number(0...3)).\(number(0...255)).\(number(0...255))"
        case .instants: return "\(date())T\(time()).\(pad(number(0...999_999), 6))Z"
        case .nanoseconds: return "\(date()) \(time()),\(pad(number(0...999_999_999), 9))+02:00"
        case .stripped: return "2026-11-21T\(time()).\(number(0...999))1Z"
        case .apache: return "\(pad(number(1...28), 2))/\(months[number(0...11)])/2015:\(time()) +0000"
        case .syslog:
            let day = number(1...28)
            return "\(months[number(0...11)]) \(day < 10 ? " " : "")\(day) \(time())"
        case .words: return ["alpha", "beta", "gamma", "delta"][number(0...3)] + "-\(number(0...9999))"
        case .levels: return ["info", "warn", "error", "debug"][number(0...3)]
        case .paths: return "/api/v1/" + ["cart", "orders", "products"][number(0...2)] + "/\(number(1...99_999))"
        case .messages: return (0..<number(1...12)).map { _ in hex(number(1...6)) }.joined(separator: " ")
        case .bytes: return String(decoding: random.bytes(number(0...20)), as: UTF8.self)
        case .empty: return number(0...3) == 0 ? "" : String(number(0...9))
        case .constant: return "always the same"
        case .mixed: return Kind.allCases[number(0...18)].value(index, &random)
        }
    }

    func values(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { Array(value($0, &random).utf8) }
    }
}
