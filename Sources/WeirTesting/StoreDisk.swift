public import WeirSystem

/// A simulated disk whose folders exist on the machine's disk as well, where SQLite keeps its databases.
///
/// A power cut forgets what was not synced of WAL and segments, while a database keeps what it committed.
public final class StoreDisk: FileSystem {
    /// The disk that WAL and segments lie on.
    public let simulated: SimulatedFileSystem
    private let real = PosixFileSystem()

    /// Creates an empty disk that takes `bytesMax` bytes of file contents.
    public init(bytesMax: Int = .max) {
        simulated = SimulatedFileSystem(bytesMax: bytesMax)
    }

    /// Creates the folder on both disks.
    public func createFolder(_ path: String) throws(FileError) {
        try simulated.createFolder(path)
        try real.createFolder(path)
    }

    /// Opens a simulated file.
    public func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File {
        try simulated.open(path, mode)
    }

    /// Lists simulated files and folders.
    public func list(_ folder: String) throws(FileError) -> [String] {
        try simulated.list(folder)
    }

    /// The status of a simulated path.
    public func status(_ path: String) throws(FileError) -> FileStatus? {
        try simulated.status(path)
    }

    /// Renames a simulated file, or a folder on both disks.
    public func rename(_ source: String, to target: String) throws(FileError) {
        let isFolder = try simulated.status(source)?.isFolder ?? false
        try simulated.rename(source, to: target)
        if isFolder { try real.rename(source, to: target) }
    }

    /// Removes a simulated file.
    public func remove(_ path: String) throws(FileError) {
        try simulated.remove(path)
    }

    /// Removes a folder on both disks.
    public func removeFolder(_ path: String) throws(FileError) {
        try simulated.removeFolder(path)
        try real.removeFolder(path)
    }

    /// Syncs a simulated folder.
    public func syncFolder(_ path: String) throws(FileError) {
        try simulated.syncFolder(path)
    }

    /// The room on the simulated disk.
    public func freeBytes(_ path: String) throws(FileError) -> Int {
        try simulated.freeBytes(path)
    }
}
