/// One run of a template.
struct TemplateRendering {
    private enum Flow {
        case goesOn
        case breaks
        case continues
    }

    /// The most nodes that one rendering visits: nested ranges over big values would otherwise run for hours.
    static let stepsMax = 100_000
    /// How deep templates may invoke each other, which is also a bound for the stack.
    private static let depthMax = 100

    private let functions: [String: TemplateFunction]
    private let definitions: [String: TemplateDefinition]
    private var source: TemplateSource
    private let environment: [TemplateValue]
    private var variables: [(name: String, value: TemplateValue)]
    private var depth = 0
    /// What values can do besides having fields.
    var methods: TemplateMethods?
    /// Whether what actions print is escaped for HTML.
    var escapesHTML = false
    /// How many more nodes are visited.
    var stepsLeft = TemplateRendering.stepsMax

    init(
        functions: [String: TemplateFunction], definitions: [String: TemplateDefinition], source: TemplateSource,
        root: TemplateValue, environment: [TemplateValue]
    ) {
        self.functions = functions
        self.definitions = definitions
        self.source = source
        self.environment = environment
        variables = [("$", root)]
    }

    mutating func run(_ nodes: [Node], dot: TemplateValue, into target: inout [UInt8]) throws(TemplateError) {
        _ = try walk(nodes, dot, into: &target)
    }

    private mutating func countStep() throws(TemplateError) {
        stepsLeft -= 1
        guard stepsLeft >= 0 else { throw TemplateError("template: \(source.name): too many steps") }
    }

    // MARK: Nodes

    private mutating func walk(
        _ nodes: [Node], _ dot: TemplateValue, into target: inout [UInt8]
    ) throws(TemplateError) -> Flow {
        for node in nodes {
            try countStep()
            let flow = try walk(node, dot, into: &target)
            if case .goesOn = flow { continue }
            return flow
        }
        return .goesOn
    }

    private mutating func walk(
        _ node: Node, _ dot: TemplateValue, into target: inout [UInt8]
    ) throws(TemplateError) -> Flow {
        switch node {
        case .text(let bytes): target += bytes
        case .action(let pipeline):
            let value = try evaluate(pipeline, dot)
            if pipeline.variables.isEmpty { print(value, of: pipeline, to: &target) }
        case .condition(let pipeline, let body, let otherwise):
            let count = variables.count
            defer { variables.removeLast(variables.count - count) }
            let isTrue = try evaluate(pipeline, dot).isTrue
            return try walk(isTrue ? body : otherwise, dot, into: &target)
        case .with(let pipeline, let body, let otherwise):
            let count = variables.count
            defer { variables.removeLast(variables.count - count) }
            let value = try evaluate(pipeline, dot)
            return value.isTrue
                ? try walk(body, value, into: &target) : try walk(otherwise, dot, into: &target)
        case .range(let pipeline, let body, let otherwise):
            return try walkRange(pipeline, body, otherwise, dot, into: &target)
        case .template(let name, let pipeline, let place):
            try invoke(name, pipeline, place, dot, into: &target)
        case .breakLoop: return .breaks
        case .continueLoop: return .continues
        }
        return .goesOn
    }

    private func print(_ value: TemplateValue, of pipeline: PipelineNode, to target: inout [UInt8]) {
        guard escapesHTML, !TemplateRendering.isMarkedSafe(pipeline) else { return value.append(to: &target) }
        target += TemplateEscape.html(value.printed)
    }

    /// Whether the last thing that a pipeline does is to declare its text harmless.
    private static func isMarkedSafe(_ pipeline: PipelineNode) -> Bool {
        guard case .function(let name)? = pipeline.commands.last?.operands.first?.kind else { return false }
        return name == "safeHtml"
    }

    private mutating func invoke(
        _ name: String, _ pipeline: PipelineNode?, _ place: Place, _ dot: TemplateValue, into target: inout [UInt8]
    ) throws(TemplateError) {
        guard let definition = definitions[name] else {
            throw source.error(at: place, "template \(GoQuote.quote(Array(name.utf8))) not defined")
        }
        depth += 1
        defer { depth -= 1 }
        guard depth <= TemplateRendering.depthMax else {
            throw source.error(at: place, "exceeded maximum template depth (\(TemplateRendering.depthMax))")
        }
        let value = try pipeline.map { pipeline throws(TemplateError) in try evaluate(pipeline, dot) } ?? .none
        let outer = (variables, source)
        defer { (variables, source) = outer }
        (variables, source) = ([("$", value)], definition.source)
        _ = try walk(definition.nodes, value, into: &target)
    }

    private mutating func walkRange(
        _ pipeline: PipelineNode, _ body: [Node], _ otherwise: [Node], _ dot: TemplateValue,
        into target: inout [UInt8]
    ) throws(TemplateError) -> Flow {
        let count = variables.count
        defer { variables.removeLast(variables.count - count) }
        let value = try evaluate(pipeline, dot, declares: false)
        let elements: [(key: TemplateValue, value: TemplateValue)]
        switch value {
        case .list(let values): elements = values.enumerated().map { (.integer(Int64($0)), $1) }
        case .map(let map): elements = map.names.map { (.text($0), map[$0]) }
        case .integer(let limit):
            let bound = Int64(TemplateRendering.stepsMax)
            elements = (0..<max(0, min(limit, bound))).map { (.integer($0), .integer($0)) }
        case .none: elements = []
        default:
            throw source.error(
                at: pipeline.place, "range can't iterate over \(String(decoding: value.printed, as: UTF8.self))")
        }
        guard !elements.isEmpty else { return try walk(otherwise, dot, into: &target) }
        for element in elements {
            // Counted here too: a loop with an empty body visits no nodes.
            try countStep()
            variables.removeLast(variables.count - count)
            bindRange(pipeline, element.key, element.value)
            if case .breaks = try walk(body, element.value, into: &target) { break }
        }
        return .goesOn
    }

    private mutating func bindRange(_ pipeline: PipelineNode, _ key: TemplateValue, _ value: TemplateValue) {
        guard let last = pipeline.variables.last else { return }
        var bindings = [(last, value)]
        if pipeline.variables.count > 1 { bindings.insert((pipeline.variables[0], key), at: 0) }
        for (name, value) in bindings {
            if pipeline.isAssignment { assign(name, value) } else { variables.append((name, value)) }
        }
    }

    private mutating func assign(_ name: String, _ value: TemplateValue) {
        if let index = variables.lastIndex(where: { $0.name == name }) { variables[index].value = value }
    }

    // MARK: Pipelines

    private mutating func evaluate(
        _ pipeline: PipelineNode, _ dot: TemplateValue, declares: Bool = true
    ) throws(TemplateError) -> TemplateValue {
        var value: TemplateValue?
        for command in pipeline.commands { value = try evaluate(command, dot, piped: value) }
        let result = value ?? .none
        if declares {
            for name in pipeline.variables {
                if pipeline.isAssignment { assign(name, result) } else { variables.append((name, result)) }
            }
        }
        return result
    }

    private mutating func evaluate(
        _ command: CommandNode, _ dot: TemplateValue, piped: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        let first = command.operands[0]
        if case .function(let name) = first.kind {
            return try call(name, command, dot, piped: piped)
        }
        if command.operands.count > 1 || piped != nil {
            if let result = try callMethod(command, dot, piped: piped) { return result }
            switch first.kind {
            case .field(let names) where names.count > 0:
                throw source.error(
                    at: first.place, "\(names[names.count - 1]) is not a method but has arguments")
            default:
                throw source.error(at: first.place, "can't give argument to non-function \(first.place.text)")
            }
        }
        if case .none = first.kind { throw source.error(at: first.place, "nil is not a command") }
        return try value(of: first, dot)
    }

    private mutating func value(of operand: OperandNode, _ dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        switch operand.kind {
        case .dot: return dot
        case .none: return .none
        case .constant(let value, _): return value
        case .field(let names): return try follow(names, from: dot, operand.place)
        case .variable(let name, let names):
            let value = variables.last { $0.name == name }?.value ?? .none
            return try follow(names, from: value, operand.place)
        case .pipeline(let pipeline, let names):
            let count = variables.count
            defer { variables.removeLast(variables.count - count) }
            return try follow(names, from: try evaluate(pipeline, dot), operand.place)
        case .function(let name):
            let command = CommandNode(operands: [operand], place: operand.place)
            return try call(name, command, dot, piped: nil)
        }
    }

    /// A method with arguments, such as `.Labels.Remove $names`; nil when the value has no such method.
    private mutating func callMethod(
        _ command: CommandNode, _ dot: TemplateValue, piped: TemplateValue?
    ) throws(TemplateError) -> TemplateValue? {
        guard let methods else { return nil }
        var owner = command.operands[0]
        let name: String?
        switch owner.kind {
        case .field(let names):
            name = names.last
            owner.kind = names.count > 1 ? .field(names.dropLast()) : .dot
        case .variable(let variable, let names):
            name = names.last
            owner.kind = .variable(variable, names.dropLast())
        case .pipeline(let inner, let names):
            name = names.last
            owner.kind = .pipeline(inner, names.dropLast())
        default: return nil
        }
        guard let name else { return nil }
        let receiver = try value(of: owner, dot)
        var arguments: [TemplateValue] = []
        for operand in command.operands.dropFirst() { arguments.append(try value(of: operand, dot)) }
        if let piped { arguments.append(piped) }
        do { return try methods.body(receiver, name, arguments) } catch {
            throw source.error(at: command.place, "error calling \(name): \(error.message)")
        }
    }

    private func follow(
        _ names: [String], from start: TemplateValue, _ place: Place
    ) throws(TemplateError) -> TemplateValue {
        var value = start
        for name in names {
            if let methods {
                do {
                    if let result = try methods.body(value, name, []) {
                        value = result
                        continue
                    }
                } catch { throw source.error(at: place, "error calling \(name): \(error.message)") }
            }
            switch value {
            case .map(let map): value = map[name]
            case .none: throw source.error(at: place, "nil pointer evaluating interface {}.\(name)")
            default: throw source.error(at: place, "can't evaluate field \(name) in type \(value.typeName)")
            }
        }
        return value
    }

    // MARK: Calls

    private mutating func call(
        _ name: String, _ command: CommandNode, _ dot: TemplateValue, piped: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        let place = command.operands[0].place
        guard let function = functions[name] else { return try callBuiltin(name, command, dot, piped: piped) }
        let operands = command.operands.dropFirst()
        let given = operands.count + (piped == nil ? 0 : 1)
        let wanted = function.parameters.count
        if given < wanted || (given > wanted && function.variadic == nil) {
            let bound = function.variadic == nil ? "want \(wanted)" : "want at least \(wanted)"
            throw source.error(
                at: place,
                "wrong number of args for \(name): \(bound) got \(function.variadic == nil ? given : operands.count)")
        }
        var arguments: [TemplateValue] = []
        for operand in operands {
            let parameter = arguments.count < wanted ? function.parameters[arguments.count] : function.variadic!
            arguments.append(try checked(operand, parameter, dot))
        }
        if let piped {
            let parameter = arguments.count < wanted ? function.parameters[arguments.count] : function.variadic!
            guard let value = TemplateRendering.converted(piped, to: parameter, isConstant: false) else {
                throw source.error(at: command.place, TemplateRendering.mismatch(piped, parameter))
            }
            arguments.append(value)
        }
        do {
            return try function.body(arguments, environment)
        } catch {
            throw source.error(at: command.place, "error calling \(name): \(error.message)")
        }
    }

    private mutating func checked(
        _ operand: OperandNode, _ parameter: TemplateFunction.Parameter, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        let value = try value(of: operand, dot)
        var isConstant = false
        if case .constant = operand.kind { isConstant = true }
        guard let converted = TemplateRendering.converted(value, to: parameter, isConstant: isConstant) else {
            let reason =
                isConstant
                ? "expected \(TemplateRendering.name(of: parameter)); found \(operand.place.text)"
                : TemplateRendering.mismatch(value, parameter)
            throw source.error(at: operand.place, reason)
        }
        return converted
    }

    /// The value as the parameter takes it; only constants change between whole and fractional numbers.
    private static func converted(
        _ value: TemplateValue, to parameter: TemplateFunction.Parameter, isConstant: Bool
    ) -> TemplateValue? {
        switch (parameter, value) {
        case (.any, _), (.string, .string), (.integer, .integer), (.float, .float), (.time, .time): return value
        case (.float, .integer(let number)) where isConstant: return .float(Double(number))
        case (.integer, .float(let number)) where isConstant: return Int64(exactly: number).map { .integer($0) }
        default: return nil
        }
    }

    private static func name(of parameter: TemplateFunction.Parameter) -> String {
        switch parameter {
        case .string: "string"
        case .integer: "int"
        case .float: "float64"
        case .time: "time.Time"
        case .any: "interface {}"
        }
    }

    private static func mismatch(_ value: TemplateValue, _ parameter: TemplateFunction.Parameter) -> String {
        if value == .none { return "invalid value; expected \(name(of: parameter))" }
        return "wrong type for value; expected \(name(of: parameter)); got \(value.typeName)"
    }

    private mutating func callBuiltin(
        _ name: String, _ command: CommandNode, _ dot: TemplateValue, piped: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        var arguments: [TemplateValue] = []
        let operands = command.operands.dropFirst()
        if name == "and" || name == "or" {
            guard !operands.isEmpty || piped != nil else {
                throw source.error(at: command.place, "wrong number of args for \(name): want at least 1 got 0")
            }
            var last = TemplateValue.none
            for operand in operands {
                last = try value(of: operand, dot)
                // Both stop at the first value that decides.
                if last.isTrue == (name == "or") { return last }
            }
            return piped ?? last
        }
        for operand in operands { arguments.append(try value(of: operand, dot)) }
        if let piped { arguments.append(piped) }
        do {
            return try TemplateBuiltins.call(name, arguments)
        } catch {
            let wrongCount = error.message.hasPrefix("wrong number of args")
            throw source.error(
                at: command.place, wrongCount ? error.message : "error calling \(name): \(error.message)")
        }
    }
}
