/// Which program this is.
enum Version {
    /// The release, as in CHANGELOG.md.
    static let number = "0.1.0"
}
