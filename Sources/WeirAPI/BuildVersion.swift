/// Which program answers; Grafana reads it to decide which features to offer.
public struct BuildVersion: Sendable {
    /// The release.
    public var version: String
    /// The commit.
    public var revision: String
    /// The branch it was built from.
    public var branch: String
    /// Who built it.
    public var buildUser: String
    /// When, as RFC 3339.
    public var buildDate: String

    /// Creates version strings; unknown ones stay empty.
    public init(
        version: String = "", revision: String = "", branch: String = "", buildUser: String = "", buildDate: String = ""
    ) {
        self.version = version
        self.revision = revision
        self.branch = branch
        self.buildUser = buildUser
        self.buildDate = buildDate
    }
}
