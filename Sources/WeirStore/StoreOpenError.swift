public import WeirSystem

/// Why a store could not be opened.
public enum StoreOpenError: Error, Sendable, CustomStringConvertible {
    /// Another process uses the folder, or its lock file cannot be written.
    case locked(FolderLockError)
    /// The disk refused.
    case file(FileError)
    /// The WAL is damaged where a torn write cannot have damaged it.
    case damaged(CorruptionError)

    /// `cannot open the store: ./data/lock is held by pid 4711; stop that process or use another folder`
    public var description: String {
        switch self {
        case .locked(let error): "cannot open the store: \(error)"
        case .file(let error): "cannot open the store: \(error)"
        case .damaged(let error): "cannot open the store: \(error)"
        }
    }
}
