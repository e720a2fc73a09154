/// The isolation name that `X-Scope-OrgID` carries; data of one tenant is invisible to all others.
public struct Tenant: Hashable, Sendable {
    /// The name.
    public let name: String

    /// Creates a tenant without checking the name; names from requests pass ``init(checking:)``.
    public init(_ name: String) {
        self.name = name
    }

    /// The tenant of every request while authentication is off; the name is Loki's, so that data can be moved.
    public static let `default` = Tenant("fake")
}
