public import WeirModel

/// How requests read and change rules as YAML; what does the work is the program's.
public struct RuleFileAccess: Sendable {
    /// Why rules are not changed.
    public enum Refusal: Error, Sendable, Hashable {
        /// The text is no group of rules, or its group comes from a file, which only an editor changes.
        case invalid(String)
        /// There is no such group or namespace.
        case missing
        /// Requests may not change rules here.
        case forbidden
        /// It could not be kept.
        case failed(String)
    }

    /// The groups of a tenant as YAML, of one namespace or of all; nil when there are none.
    public var groups: @Sendable (Tenant, _ namespace: String?) async -> String?
    /// One group as YAML; nil when there is none.
    public var group: @Sendable (Tenant, _ namespace: String, _ name: String) async -> String?
    /// Adds a group, or puts it in place of one with its name.
    public var write: @Sendable (Tenant, _ namespace: String, _ yaml: String) async throws(Refusal) -> Void
    /// Removes a group, or a whole namespace when there is no name.
    public var remove: @Sendable (Tenant, _ namespace: String, _ name: String?) async throws(Refusal) -> Void

    /// Creates access to no rules at all.
    public init() {
        groups = { _, _ in nil }
        group = { _, _, _ in nil }
        write = { _, _, _ throws(Refusal) in throw .forbidden }
        remove = { _, _, _ throws(Refusal) in throw .missing }
    }
}
