/// What a template computes with.
public indirect enum TemplateValue: Sendable, Hashable {
    /// A text; bytes, because lines need not be UTF-8.
    case string([UInt8])
    /// A whole number.
    case integer(Int64)
    /// A number with a fraction.
    case float(Double)
    /// True or false.
    case bool(Bool)
    /// Values by name.
    case map(TemplateMap)
    /// Values in order.
    case list([TemplateValue])
    /// An instant with its zone.
    case time(TemplateTime)
    /// No value, printed as `<no value>`.
    case none

    /// Creates a text.
    public static func text(_ text: some StringProtocol) -> TemplateValue { .string(Array(text.utf8)) }
}

/// Values by name, with what an absent name gives.
public struct TemplateMap: Sendable, Hashable {
    /// The values.
    public var values: [String: TemplateValue]
    /// The value of a name that is not there.
    public var absent: TemplateValue

    /// Creates a map.
    public init(_ values: [String: TemplateValue], absent: TemplateValue = .none) {
        self.values = values
        self.absent = absent
    }

    /// The value of a name.
    public subscript(name: String) -> TemplateValue { values[name] ?? absent }

    /// The names as they are visited: sorted by bytes.
    public var names: [String] { values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

/// An instant and the zone in which it is shown.
public struct TemplateTime: Sendable, Hashable {
    /// Seconds since 1970 UTC.
    public var seconds: Int64
    /// 0 up to 999,999,999.
    public var nanoseconds: Int64
    /// The zone's offset from UTC in seconds, to the east.
    public var offsetSeconds: Int
    /// The zone's short name, such as `UTC` or `CEST`.
    public var zone: String

    /// Creates an instant.
    public init(seconds: Int64, nanoseconds: Int64 = 0, offsetSeconds: Int = 0, zone: String = "UTC") {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.offsetSeconds = offsetSeconds
        self.zone = zone
    }

    /// Creates the instant so many nanoseconds after 1970, in UTC.
    public init(unixNanoseconds: Int64) {
        let (quotient, remainder) = unixNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let isBefore = remainder < 0
        self.init(
            seconds: isBefore ? quotient - 1 : quotient,
            nanoseconds: isBefore ? remainder + 1_000_000_000 : remainder)
    }

    /// Nanoseconds since 1970; wraps around outside the years 1678 to 2262, as in Go.
    public var unixNanoseconds: Int64 { seconds &* 1_000_000_000 &+ nanoseconds }
}

extension TemplateValue {
    /// Whether a condition holds: not false, zero, empty or absent.
    public var isTrue: Bool {
        switch self {
        case .string(let bytes): !bytes.isEmpty
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .bool(let value): value
        case .map(let map): !map.values.isEmpty
        case .list(let values): !values.isEmpty
        case .time: true
        case .none: false
        }
    }

    /// The name of the type in Go, for messages.
    public var typeName: String {
        switch self {
        case .string: "string"
        case .integer: "int"
        case .float: "float64"
        case .bool: "bool"
        case .map(let map): map.absent == .none ? "map[string]interface {}" : "map[string]string"
        case .list: "[]interface {}"
        case .time: "time.Time"
        case .none: "nil"
        }
    }

    /// Appends the value as Go prints it with `%v`; absent values inside others are `<nil>`.
    public func append(to target: inout [UInt8], isNested: Bool = false) {
        switch self {
        case .string(let bytes): target += bytes
        case .integer(let value): target += String(value).utf8
        case .float(let value): target += GoNumber.general(value).utf8
        case .bool(let value): target += (value ? "true" : "false").utf8
        case .none: target += (isNested ? "<nil>" : "<no value>").utf8
        case .time(let time): target += GoLayout.format(time, GoLayout.printed).utf8
        case .list(let values):
            target.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { target.append(UInt8(ascii: " ")) }
                value.append(to: &target, isNested: true)
            }
            target.append(UInt8(ascii: "]"))
        case .map(let map):
            target += "map[".utf8
            for (index, name) in map.names.enumerated() {
                if index > 0 { target.append(UInt8(ascii: " ")) }
                target += name.utf8
                target.append(UInt8(ascii: ":"))
                map[name].append(to: &target, isNested: true)
            }
            target.append(UInt8(ascii: "]"))
        }
    }

    /// The value as Go prints it.
    public var printed: [UInt8] {
        if case .string(let bytes) = self { return bytes }
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }
}
