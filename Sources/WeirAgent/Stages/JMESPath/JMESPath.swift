/// An expression of JMESPath: the language in which Promtail's `json` stage names what it takes out.
struct JMESPath: Sendable {
    /// How two values are compared.
    enum Comparison: Sendable, Hashable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }

    /// A part of an expression; each takes a value and gives one.
    indirect enum Node: Sendable {
        case current
        case field([UInt8])
        case index(Int)
        case slice(Node, Int?, Int?, Int)
        /// The right one of what the left one gives.
        case chain(Node, Node)
        /// The right one of every element of the left one, without nulls.
        case projection(Node, Node)
        /// The same of every member's value.
        case values(Node, Node)
        /// The same of the elements for which the condition holds.
        case filter(Node, Node, Node)
        case flatten(Node)
        case elements([Node])
        case members([(key: [UInt8], node: Node)])
        case or(Node, Node)
        case and(Node, Node)
        case not(Node)
        case compare(Comparison, Node, Node)
        case literal(JSONTree)
        case call(JMESFunction, [Node])
        /// An expression as an argument, for functions that apply it themselves.
        case reference(Node)
    }

    private let root: Node

    /// Compiles an expression.
    init(_ text: String) throws(JMESError) {
        root = try JMESParser.parse(text)
    }

    /// What the expression gives for a document; null where it does not apply.
    func evaluate(_ document: JSONTree) -> JSONTree { JMESPath.evaluate(root, document) }

    static func evaluate(_ node: Node, _ value: JSONTree) -> JSONTree {
        switch node {
        case .current: return value
        case .field(let name): return value.member(name)
        case .index(let index):
            guard case .array(let elements) = value else { return .null }
            let place = index < 0 ? elements.count + index : index
            return elements.indices.contains(place) ? elements[place] : .null
        case .slice(let left, let start, let stop, let step):
            guard case .array(let elements) = evaluate(left, value) else { return .null }
            return .array(slice(elements, start, stop, step))
        case .chain(let left, let right): return evaluate(right, evaluate(left, value))
        case .projection, .values, .filter, .flatten: return project(node, value)
        case .elements(let nodes):
            return value == .null ? .null : .array(nodes.map { evaluate($0, value) })
        case .members(let members):
            guard value != .null else { return .null }
            return .object(members.map { JSONTree.Member(key: $0.key, value: evaluate($0.node, value)) })
        case .or(let left, let right):
            let first = evaluate(left, value)
            return first.isFalse ? evaluate(right, value) : first
        case .and(let left, let right):
            let first = evaluate(left, value)
            return first.isFalse ? first : evaluate(right, value)
        case .not(let inner): return .bool(evaluate(inner, value).isFalse)
        case .compare(let comparison, let left, let right):
            return compare(comparison, evaluate(left, value), evaluate(right, value))
        case .literal(let literal): return literal
        case .call(let function, let arguments): return function.call(arguments, value)
        case .reference: return .null
        }
    }

    private static func project(_ node: Node, _ value: JSONTree) -> JSONTree {
        switch node {
        case .projection(let left, let right):
            guard case .array(let elements) = evaluate(left, value) else { return .null }
            return .array(elements.map { evaluate(right, $0) }.filter { $0 != .null })
        case .values(let left, let right):
            guard case .object(let members) = evaluate(left, value) else { return .null }
            return .array(members.map { evaluate(right, $0.value) }.filter { $0 != .null })
        case .filter(let left, let condition, let right):
            guard case .array(let elements) = evaluate(left, value) else { return .null }
            let kept = elements.filter { !evaluate(condition, $0).isFalse }
            return .array(kept.map { evaluate(right, $0) }.filter { $0 != .null })
        case .flatten(let left):
            guard case .array(let elements) = evaluate(left, value) else { return .null }
            return .array(
                elements.flatMap { element -> [JSONTree] in
                    if case .array(let inner) = element { return inner }
                    return [element]
                })
        default: return .null
        }
    }

    private static func compare(_ comparison: Comparison, _ left: JSONTree, _ right: JSONTree) -> JSONTree {
        switch comparison {
        case .equal: return .bool(left.equals(right))
        case .notEqual: return .bool(!left.equals(right))
        default: break
        }
        guard case .number(let first, _) = left, case .number(let second, _) = right else { return .null }
        switch comparison {
        case .less: return .bool(first < second)
        case .lessOrEqual: return .bool(first <= second)
        case .greater: return .bool(first > second)
        default: return .bool(first >= second)
        }
    }

    /// The elements from `start` up to before `stop`; negative places count from the end, as in Python.
    private static func slice(_ elements: [JSONTree], _ start: Int?, _ stop: Int?, _ step: Int) -> [JSONTree] {
        let count = elements.count
        func place(_ given: Int?, _ usual: Int) -> Int {
            guard let given else { return usual }
            // Places far outside are as good as the ends, and cannot overflow.
            let clamped = max(-count - 1, min(count + 1, given))
            let absolute = clamped < 0 ? clamped + count : clamped
            return step > 0 ? max(0, min(count, absolute)) : max(-1, min(count - 1, absolute))
        }
        let stride = Swift.stride(
            from: place(start, step > 0 ? 0 : count - 1), to: place(stop, step > 0 ? count : -1), by: step)
        return stride.map { elements[$0] }
    }
}
