internal import Yams

/// One value of a file, with its place and the path of keys that leads to it.
struct YAMLValue {
    let keyPath: String
    let remarks: Remarks
    private let node: Node

    init(_ node: Node, keyPath: String, _ remarks: Remarks) {
        self.node = node
        self.keyPath = keyPath
        self.remarks = remarks
    }

    /// Whether nothing is written behind the key, or `null`.
    var isNull: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The map; nil, with a remark, when it is something else; an empty one for null.
    var map: YAMLMap? {
        if isNull { return YAMLMap([], keyPath: keyPath, remarks) }
        guard case .mapping(let mapping) = node else { return mismatch("a map of keys") }
        return YAMLMap(mapping.map { ($0.key, $0.value) }, keyPath: keyPath, remarks)
    }

    /// The elements; nil, with a remark, when it is no list; none for null.
    var list: [YAMLValue]? {
        if isNull { return [] }
        guard case .sequence(let sequence) = node else { return mismatch("a list") }
        return sequence.enumerated().map { YAMLValue($0.element, keyPath: "\(keyPath)[\($0.offset)]", remarks) }
    }

    /// Whether it is a list.
    var isList: Bool { if case .sequence = node { true } else { false } }

    /// The line where it begins, from 1.
    var line: Int { node.mark?.line ?? 1 }

    /// Whether it is a single text, number or switch.
    var isScalar: Bool { scalarText != nil && !isNull }

    /// The text; nil, with a remark, when it is a map or list.
    var text: String? {
        if isNull { return "" }
        guard case .scalar(let scalar) = node else { return mismatch("a text") }
        return scalar.string
    }

    /// `true` or `false`, or one of YAML's other words for them.
    var flag: Bool? {
        switch scalarText?.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: mismatch("true or false")
        }
    }

    var integer: Int? {
        scalarText.flatMap { Int($0) } ?? mismatch("a whole number")
    }

    var number: Double? {
        scalarText.flatMap { Double($0) } ?? mismatch("a number")
    }

    /// Nanoseconds of a duration such as `168h` or `30d1h`.
    var nanoseconds: Int64? {
        guard let text = scalarText else { return mismatch("a duration such as 30s or 168h") }
        if let nanoseconds = DurationText.nanoseconds(text) { return nanoseconds }
        let replacement = Int(text).map { "\($0)s" }
        return mismatch("a duration such as 30s, 168h or 30d", replacement: replacement)
    }

    var duration: Duration? { nanoseconds.map { .nanoseconds($0) } }

    /// Bytes of a size such as `256KB`; the units are powers of 1024, as Loki's are.
    var byteSize: Int? {
        scalarText.flatMap(ByteSizeText.bytes) ?? mismatch("a size such as 256KB or 4MB")
    }

    /// The elements of a list; a single value counts as a list of one.
    var elements: [YAMLValue]? { isScalar ? [self] : list }

    /// The texts of a list; a single text counts as a list of one.
    var texts: [String]? {
        if isScalar { return text.map { [$0] } }
        return list?.compactMap(\.text)
    }

    /// Adds a remark about this value.
    func remark(_ severity: Diagnostic.Severity, _ message: String, replacement: String? = nil) {
        remarks.add(severity, node.mark, keyPath, message, replacement: replacement)
    }

    private var scalarText: String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.string
    }

    private func mismatch<Value>(_ expected: String, replacement: String? = nil) -> Value? {
        let found =
            switch node {
            case .mapping: "a map"
            case .sequence: "a list"
            case .scalar(let scalar): QuotedPart.quote(scalar.string)
            case .alias: "an alias"
            }
        remark(.error, "expected \(expected), found \(found)", replacement: replacement)
        return nil
    }
}

/// A part of a file in a message, kept short.
enum QuotedPart {
    static func quote(_ text: String) -> String {
        text.count <= 40 ? "\"\(text)\"" : "\"\(text.prefix(37))...\""
    }
}
