/// Why a folder could not be locked.
public enum FolderLockError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another process, or another part of this one, has it; nil when it has not written its number yet.
    case held(path: String, processID: Int32?)
    /// The lock file cannot be opened or written.
    case file(FileError)

    /// `./data/lock is held by pid 4711; stop that process or use another folder`
    public var description: String {
        switch self {
        case .held(let path, let processID?):
            "\(path) is held by pid \(processID); stop that process or use another folder"
        case .held(let path, nil):
            "\(path) is held by another process; stop it or use another folder"
        case .file(let error):
            error.description
        }
    }
}
