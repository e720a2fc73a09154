/// The functions of JMESPath. Arguments of the wrong kind give null.
enum JMESFunction: String, Sendable {
    case abs, avg, ceil, contains, floor, join, keys, length, map, max, merge, min, reverse, sort, sum, type, values
    case endsWith = "ends_with"
    case startsWith = "starts_with"
    case maxBy = "max_by"
    case minBy = "min_by"
    case notNull = "not_null"
    case sortBy = "sort_by"
    case toArray = "to_array"
    case toNumber = "to_number"
    case toString = "to_string"

    /// Whether the function takes so many arguments.
    func takes(_ count: Int) -> Bool {
        switch self {
        case .contains, .endsWith, .startsWith, .join, .map, .maxBy, .minBy, .sortBy: count == 2
        case .merge, .notNull: count >= 1
        default: count == 1
        }
    }

    /// Calls the function.
    ///
    /// - Parameter value: what the arguments are evaluated for.
    func call(_ nodes: [JMESPath.Node], _ value: JSONTree) -> JSONTree {
        let arguments = nodes.map { JMESPath.evaluate($0, value) }
        switch self {
        case .map, .maxBy, .minBy, .sortBy: return apply(nodes, arguments)
        case .contains, .endsWith, .startsWith, .join: return texts(arguments[0], arguments[1])
        case .merge:
            var merged: [JSONTree.Member] = []
            for case .object(let members) in arguments {
                for member in members {
                    merged.removeAll { $0.key == member.key }
                    merged.append(member)
                }
            }
            return .object(merged)
        case .notNull: return arguments.first { $0 != .null } ?? .null
        case .abs, .ceil, .floor: return number(arguments[0])
        case .avg, .sum, .max, .min, .sort, .reverse: return list(arguments[0])
        default: return one(arguments[0])
        }
    }

    private func number(_ argument: JSONTree) -> JSONTree {
        guard case .number(let number, _) = argument else { return .null }
        switch self {
        case .abs: return .number(number.magnitude)
        case .ceil: return .number(number.rounded(.up))
        default: return .number(number.rounded(.down))
        }
    }

    private func one(_ argument: JSONTree) -> JSONTree {
        switch (self, argument) {
        case (.keys, .object(let members)): return .array(members.map { .string($0.key) })
        case (.values, .object(let members)): return .array(members.map(\.value))
        case (.length, .string(let text)):
            return .number(Double(String(decoding: text, as: UTF8.self).unicodeScalars.count))
        case (.length, .array(let elements)): return .number(Double(elements.count))
        case (.length, .object(let members)): return .number(Double(members.count))
        case (.toArray, .array): return argument
        case (.toArray, _): return .array([argument])
        case (.toNumber, .number): return argument
        case (.toNumber, .string(let text)):
            return Double(String(decoding: text, as: UTF8.self)).map { .number($0) } ?? .null
        case (.toString, .null): return .string(Array("null".utf8))
        case (.toString, _): return argument.text.map { .string($0) } ?? .null
        case (.type, _): return .string(Array(JMESFunction.typeName(argument).utf8))
        default: return .null
        }
    }

    private static func typeName(_ value: JSONTree) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private func texts(_ first: JSONTree, _ second: JSONTree) -> JSONTree {
        switch (self, first, second) {
        case (.contains, .array(let elements), _): return .bool(elements.contains { $0.equals(second) })
        case (.contains, .string(let text), .string(let part)):
            guard part.count <= text.count else { return .bool(false) }
            return .bool((0...(text.count - part.count)).contains { text[$0...].starts(with: part) })
        case (.startsWith, .string(let text), .string(let part)): return .bool(text.starts(with: part))
        case (.endsWith, .string(let text), .string(let part)):
            return .bool(text.suffix(part.count).elementsEqual(part))
        case (.join, .string(let separator), .array(let elements)):
            let texts = elements.compactMap { element -> [UInt8]? in
                if case .string(let text) = element { return text }
                return nil
            }
            guard texts.count == elements.count else { return .null }
            return .string(Array(texts.joined(separator: separator)))
        default: return .null
        }
    }

    private func list(_ argument: JSONTree) -> JSONTree {
        if case .reverse = self, case .string(let text) = argument {
            return .string(Array(String(String(decoding: text, as: UTF8.self).reversed()).utf8))
        }
        guard case .array(let elements) = argument else { return .null }
        let numbers = elements.compactMap { element -> Double? in
            if case .number(let number, _) = element { return number }
            return nil
        }
        let areNumbers = numbers.count == elements.count
        switch self {
        case .reverse: return .array(elements.reversed())
        case .sum: return areNumbers ? .number(numbers.reduce(0, +)) : .null
        case .avg: return areNumbers && !numbers.isEmpty ? .number(numbers.reduce(0, +) / Double(numbers.count)) : .null
        case .sort: return JMESFunction.sorted(elements, by: { $0 }).map { .array($0) } ?? .null
        case .max: return JMESFunction.sorted(elements, by: { $0 })?.last ?? .null
        default: return JMESFunction.sorted(elements, by: { $0 })?.first ?? .null
        }
    }

    /// The functions that apply an expression to every element.
    private func apply(_ nodes: [JMESPath.Node], _ arguments: [JSONTree]) -> JSONTree {
        let (list, reference) = self == .map ? (arguments[1], nodes[0]) : (arguments[0], nodes[1])
        guard case .array(let elements) = list, case .reference(let inner) = reference else { return .null }
        if self == .map { return .array(elements.map { JMESPath.evaluate(inner, $0) }) }
        guard let sorted = JMESFunction.sorted(elements, by: { JMESPath.evaluate(inner, $0) }) else { return .null }
        switch self {
        case .maxBy: return sorted.last ?? .null
        case .minBy: return sorted.first ?? .null
        default: return .array(sorted)
        }
    }

    /// The elements in rising order of their keys; nil when the keys are not all numbers or all texts.
    private static func sorted(_ elements: [JSONTree], by key: (JSONTree) -> JSONTree) -> [JSONTree]? {
        let keyed = elements.map { (key: key($0), element: $0) }
        let areNumbers = keyed.allSatisfy { if case .number = $0.key { true } else { false } }
        let areTexts = keyed.allSatisfy { if case .string = $0.key { true } else { false } }
        guard areNumbers || areTexts else { return nil }
        return keyed.sorted { left, right in
            switch (left.key, right.key) {
            case (.number(let first, _), .number(let second, _)): first < second
            case (.string(let first), .string(let second)): first.lexicographicallyPrecedes(second)
            default: false
            }
        }.map(\.element)
    }
}
