/// The tree of a template.
indirect enum Node: Sendable {
    case text([UInt8])
    case action(PipelineNode)
    case condition(PipelineNode, then: [Node], otherwise: [Node])
    case range(PipelineNode, body: [Node], otherwise: [Node])
    case with(PipelineNode, body: [Node], otherwise: [Node])
    case template(name: String, PipelineNode?, Place)
    case breakLoop
    case continueLoop
}

/// Where in the text a part stands, and its own text, for messages.
struct Place: Sendable {
    var offset: Int
    var text: String
}

/// `$x := a | b c`
struct PipelineNode: Sendable {
    var variables: [String] = []
    /// Whether the variables exist already (`=` instead of `:=`).
    var isAssignment = false
    var commands: [CommandNode] = []
    var place: Place
}

/// A function or value with arguments.
struct CommandNode: Sendable {
    var operands: [OperandNode]
    var place: Place
}

/// A single value of a command.
struct OperandNode: Sendable {
    indirect enum Kind: Sendable {
        case dot
        case none
        case constant(TemplateValue, isNumber: Bool)
        /// `.a.b`
        case field([String])
        /// `$x.a.b`; `$` alone has the name `$`.
        case variable(String, [String])
        case function(String)
        /// `(…).a.b`
        case pipeline(PipelineNode, [String])
    }

    var kind: Kind
    var place: Place
}
