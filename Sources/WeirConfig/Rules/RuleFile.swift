public import WeirModel
public import WeirRules

/// A file of rules of Prometheus or Loki: groups, or for short a list of rules or a single rule.
///
/// Loading is lenient: a rule that cannot be used is left out and remarked on as an error, the others load.
public struct RuleFile: Sendable {
    /// The groups, in order.
    public var groups: [RuleGroupDefinition] = []
    /// Remarks in the order of the file.
    public var diagnostics: [Diagnostic] = []

    /// Whether there is no error among the remarks.
    public var isUsable: Bool { !diagnostics.contains { $0.severity == .error } }

    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - file: its path, for the remarks.
    ///   - namespace: how its groups are told from those of other files.
    ///   - tenant: whose rules they are.
    public static func read(
        _ text: String, file: String, namespace: String, tenant: Tenant = .default
    ) -> RuleFile {
        let remarks = Remarks(file: file)
        var reader = RuleGroupReader(tenant: tenant, namespace: namespace)
        if let value = YAMLReader.read(text, remarks) { reader.readFile(value) }
        return RuleFile(groups: reader.groups, diagnostics: remarks.list)
    }

    /// Reads one group, as the API takes them.
    public static func readGroup(_ text: String, namespace: String, tenant: Tenant = .default) -> RuleFile {
        let remarks = Remarks(file: namespace)
        var reader = RuleGroupReader(tenant: tenant, namespace: namespace)
        if let map = YAMLReader.read(text, remarks)?.map { reader.readGroup(map, line: 1) }
        return RuleFile(groups: reader.groups, diagnostics: remarks.list)
    }
}
