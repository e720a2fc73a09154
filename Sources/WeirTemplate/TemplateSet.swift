/// Templates that may invoke each other by name, as the files of Alertmanager's `templates` do.
public struct TemplateSet: Sendable {
    /// What every template of the set may call.
    public let functions: [String: TemplateFunction]
    let methods: TemplateMethods?
    let stepsMax: Int
    private(set) var definitions: [String: TemplateDefinition] = [:]

    /// Creates an empty set.
    ///
    /// - Parameters:
    ///   - methods: what values can do besides having fields.
    ///   - stepsMax: the most nodes that one rendering visits.
    public init(
        functions: [String: TemplateFunction] = [:], methods: TemplateMethods? = nil, stepsMax: Int = 1_000_000
    ) {
        self.functions = functions
        self.methods = methods
        self.stepsMax = stepsMax
    }

    /// Adds what a text defines. A later definition takes the place of an earlier one, unless it is blank, as in Go.
    ///
    /// - Throws: ``TemplateError``; the set is as before then.
    public mutating func add(_ text: String, name: String) throws(TemplateError) {
        let added = try template(text, name: name)
        for (name, definition) in added.definitions where !definition.isBlank || definitions[name] == nil {
            definitions[name] = definition
        }
    }

    /// Compiles a text that may invoke everything in the set.
    ///
    /// - Parameter escapesHTML: whether what actions print is escaped, unless `safeHtml` is the last thing they do.
    public func template(
        _ text: String, name: String, escapesHTML: Bool = false
    ) throws(TemplateError) -> Template {
        try Template(text, name: name, functions: functions, among: self, escapesHTML: escapesHTML)
    }
}

/// What values can do in a template besides having fields: Go's methods.
public struct TemplateMethods: Sendable {
    /// Takes a value, a method's name and the arguments; nil when the value has no such method.
    public typealias Body =
        @Sendable (TemplateValue, String, [TemplateValue]) throws(TemplateFunction.Failure) -> TemplateValue?

    /// What is asked before fields are.
    public let body: Body

    /// Creates methods.
    public init(_ body: @escaping Body) {
        self.body = body
    }
}
