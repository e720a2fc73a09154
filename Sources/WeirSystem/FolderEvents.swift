/// Hints that names in folders have changed, so that whoever follows files need not wait for the next periodic look.
public protocol FolderEvents: Sendable {
    /// Replaces the set of watched folders.
    func watch(_ folders: Set<String>)
    /// Blocks until something changed, ``wake()`` was called, or the time is up.
    func wait(upTo timeout: Duration) -> FolderChange
    /// Ends the wait under way, or the next one. Any thread may call it.
    func wake()
}

/// What a wait for changes ended with.
public enum FolderChange: Sendable, Hashable {
    /// Nothing is known to have changed.
    case none
    /// Names in a watched folder have changed, or changes may have been missed.
    case changed
}
