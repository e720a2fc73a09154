/// The functions that every template has.
enum TemplateBuiltins {
    typealias Failure = TemplateFunction.Failure

    static let names: Set<String> = [
        "and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "call",
        "eq", "ne", "lt", "le", "gt", "ge",
    ]

    /// Calls a function other than `and` and `or`, which do not evaluate all their arguments.
    static func call(_ name: String, _ arguments: [TemplateValue]) throws(Failure) -> TemplateValue {
        switch name {
        case "not":
            try check(name, arguments, 1)
            return .bool(!arguments[0].isTrue)
        case "len":
            try check(name, arguments, 1)
            return .integer(Int64(try length(arguments[0])))
        case "index": return try index(arguments)
        case "slice": return try slice(arguments)
        case "print": return .string(print(arguments))
        case "println": return .string(println(arguments))
        case "printf":
            guard let first = arguments.first else {
                throw Failure("wrong number of args for printf: want at least 1 got 0")
            }
            guard case .string(let format) = first else {
                throw Failure("wrong type for value; expected string; got \(first.typeName)")
            }
            return .string(GoFormat.format(format, Array(arguments.dropFirst())))
        case "html": return .string(TemplateEscape.html(print(arguments)))
        case "js": return .string(TemplateEscape.javaScript(print(arguments)))
        case "urlquery": return .string(TemplateEscape.urlQuery(print(arguments)))
        case "eq": return .bool(try equalsAny(arguments))
        case "ne", "lt", "le", "gt", "ge":
            try check(name, arguments, 2)
            return .bool(try compare(name, arguments[0], arguments[1]))
        default: throw Failure("call of value that is not a function")
        }
    }

    private static func check(_ name: String, _ arguments: [TemplateValue], _ count: Int) throws(Failure) {
        guard arguments.count == count else {
            throw Failure("wrong number of args for \(name): want \(count) got \(arguments.count)")
        }
    }

    // MARK: Collections

    private static func length(_ value: TemplateValue) throws(Failure) -> Int {
        switch value {
        case .string(let bytes): return bytes.count
        case .list(let values): return values.count
        case .map(let map): return map.values.count
        case .none: throw Failure("len of nil pointer")
        default: throw Failure("len of type \(value.typeName)")
        }
    }

    private static func index(_ arguments: [TemplateValue]) throws(Failure) -> TemplateValue {
        guard var value = arguments.first else {
            throw Failure("wrong number of args for index: want at least 1 got 0")
        }
        for key in arguments.dropFirst() {
            switch value {
            case .map(let map):
                guard case .string(let name) = key else {
                    throw Failure("value has type \(key.typeName); should be string")
                }
                value = map[String(decoding: name, as: UTF8.self)]
            case .list(let values): value = values[try position(key, below: values.count)]
            case .string(let bytes): value = .integer(Int64(bytes[try position(key, below: bytes.count)]))
            case .none: throw Failure("index of untyped nil")
            default: throw Failure("can't index item of type \(value.typeName)")
            }
        }
        return value
    }

    private static func position(_ key: TemplateValue, below count: Int) throws(Failure) -> Int {
        guard case .integer(let number) = key else {
            throw Failure(
                key == .none
                    ? "cannot index slice/array with nil" : "cannot index slice/array with type \(key.typeName)")
        }
        guard number >= 0, number < count else { throw Failure("index out of range: \(number)") }
        return Int(number)
    }

    private static func slice(_ arguments: [TemplateValue]) throws(Failure) -> TemplateValue {
        guard let value = arguments.first else {
            throw Failure("wrong number of args for slice: want at least 1 got 0")
        }
        guard arguments.count <= 4 else { throw Failure("too many slice indexes: \(arguments.count - 1)") }
        let count: Int
        switch value {
        case .string(let bytes): count = bytes.count
        case .list(let values): count = values.count
        default: throw Failure("can't slice item of type \(value.typeName)")
        }
        var bounds = [0, count]
        for (place, key) in arguments.dropFirst().prefix(2).enumerated() {
            bounds[place] = try position(key, below: count + 1)
        }
        guard bounds[0] <= bounds[1] else { throw Failure("invalid slice index: \(bounds[0]) > \(bounds[1])") }
        switch value {
        case .string(let bytes):
            guard arguments.count < 4 else { throw Failure("cannot 3-index slice a string") }
            return .string(Array(bytes[bounds[0]..<bounds[1]]))
        case .list(let values): return .list(Array(values[bounds[0]..<bounds[1]]))
        default: return .none
        }
    }

    // MARK: Printing

    /// Blanks stand between neighbours of which neither is a string.
    static func print(_ arguments: [TemplateValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        var lastWasString = true
        for argument in arguments {
            var isString = false
            if case .string = argument { isString = true }
            if !bytes.isEmpty, !isString, !lastWasString { bytes.append(UInt8(ascii: " ")) }
            argument.append(to: &bytes, isNested: true)
            lastWasString = isString
        }
        return bytes
    }

    private static func println(_ arguments: [TemplateValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, argument) in arguments.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: " ")) }
            argument.append(to: &bytes, isNested: true)
        }
        return bytes + [0x0a]
    }

    // MARK: Comparison

    private static func equalsAny(_ arguments: [TemplateValue]) throws(Failure) -> Bool {
        guard let first = arguments.first else { throw Failure("wrong number of args for eq: want at least 1 got 0") }
        guard arguments.count > 1 else { throw Failure("missing argument for comparison") }
        for other in arguments.dropFirst() where try equal(first, other) { return true }
        return false
    }

    private static func equal(_ left: TemplateValue, _ right: TemplateValue) throws(Failure) -> Bool {
        switch (left, right) {
        case (.string(let first), .string(let second)): return first == second
        case (.integer(let first), .integer(let second)): return first == second
        case (.float(let first), .float(let second)): return first == second
        case (.bool(let first), .bool(let second)): return first == second
        case (.none, _), (_, .none): return left == right
        case (.time(let first), .time(let second)): return first == second
        case (.map, _), (.list, _): throw Failure("non-comparable type \(printedType(left))")
        case (_, .map), (_, .list): throw Failure("non-comparable type \(printedType(right))")
        default: throw incompatible(left, right)
        }
    }

    private static func printedType(_ value: TemplateValue) -> String {
        "\(String(decoding: value.printed, as: UTF8.self)): \(value.typeName)"
    }

    private static func incompatible(_ left: TemplateValue, _ right: TemplateValue) -> Failure {
        Failure("incompatible types for comparison: \(left.typeName) and \(right.typeName)")
    }

    private static func compare(
        _ name: String, _ left: TemplateValue, _ right: TemplateValue
    ) throws(Failure) -> Bool {
        if name == "ne" { return !(try equal(left, right)) }
        let isLess: Bool
        let isEqual: Bool
        switch (left, right) {
        case (.string(let first), .string(let second)):
            (isLess, isEqual) = (first.lexicographicallyPrecedes(second), first == second)
        case (.integer(let first), .integer(let second)): (isLess, isEqual) = (first < second, first == second)
        case (.float(let first), .float(let second)): (isLess, isEqual) = (first < second, first == second)
        case (.bool, .bool), (.map, _), (.list, _), (.time, _), (.none, _):
            throw Failure("invalid type for comparison")
        default: throw incompatible(left, right)
        }
        switch name {
        case "lt": return isLess
        case "le": return isLess || isEqual
        case "gt": return !isLess && !isEqual
        default: return !isLess
        }
    }
}
