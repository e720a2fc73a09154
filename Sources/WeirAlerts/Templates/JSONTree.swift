internal import WeirBytes
internal import WeirModel
internal import WeirTemplate

/// A JSON document that is built before it is written: bodies of notifications, whose keys keep their order.
indirect enum JSONTree: Sendable {
    case string(String)
    case number(Int)
    case bool(Bool)
    case null
    case list([JSONTree])
    case object([(String, JSONTree)])

    /// An object of labels.
    init(_ labels: LabelSet) {
        self = .object(labels.labels.map { ($0.name, .string($0.value)) })
    }

    /// A value of a template.
    init(_ value: TemplateValue) {
        switch value {
        case .integer(let number): self = .number(Int(number))
        case .bool(let flag): self = .bool(flag)
        case .list(let values): self = .list(values.map { JSONTree($0) })
        case .map(let map): self = .object(map.names.map { ($0, JSONTree(map[$0])) })
        case .none: self = .null
        case .time(let time): self = .string(GoLayout.format(time, "2006-01-02T15:04:05.999999999Z07:00"))
        case .string, .float: self = .string(String(decoding: value.printed, as: UTF8.self))
        }
    }

    /// The text.
    var bytes: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    private func write(to json: inout JSONWriter) {
        switch self {
        case .string(let text): json.string(text)
        case .number(let number): json.number(number)
        case .bool(let flag): if flag { json.raw("true") } else { json.raw("false") }
        case .null: json.raw("null")
        case .list(let values):
            json.raw("[")
            for (index, value) in values.enumerated() {
                if index > 0 { json.raw(",") }
                value.write(to: &json)
            }
            json.raw("]")
        case .object(let members):
            json.raw("{")
            for (index, member) in members.enumerated() {
                if index > 0 { json.raw(",") }
                json.string(member.0)
                json.raw(":")
                member.1.write(to: &json)
            }
            json.raw("}")
        }
    }
}

extension [(String, JSONTree)] {
    /// Adds a text unless it is empty, as Go's `omitempty` does.
    mutating func add(_ name: String, unlessEmpty text: String) {
        if !text.isEmpty { append((name, .string(text))) }
    }
}
