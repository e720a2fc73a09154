/// How far one file was delivered.
package struct PositionRecord: Sendable, Hashable {
    /// The path under which it was followed.
    package var path: String
    /// Which file it is; nil when the record comes from Promtail, which knows paths only.
    package var identity: FileIdentity?
    /// Its head, to tell it from a later file with the same number.
    package var head: HeadFingerprint
    /// Everything before this byte was delivered.
    package var offset: Int
    /// Whether the path leads to another file by now, so that the file must be looked for under other names.
    package var isDetached: Bool

    /// Creates a record.
    package init(
        path: String, identity: FileIdentity?, head: HeadFingerprint = .empty, offset: Int, isDetached: Bool = false
    ) {
        self.path = path
        self.identity = identity
        self.head = head
        self.offset = offset
        self.isDetached = isDetached
    }
}
