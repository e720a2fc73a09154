/// The part of the operating system that keeps bytes, so that tests can put one in its place that forgets what was not
/// synced. All paths are absolute or relative to the working folder; all calls block.
public protocol FileSystem: Sendable {
    /// Opens a file.
    func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File
    /// The names in a folder, sorted, without `.` and `..`.
    func list(_ folder: String) throws(FileError) -> [String]
    /// Creates a folder and its missing parents; one that exists is fine.
    func createFolder(_ path: String) throws(FileError)
    /// What is known about a path; nil when nothing is there.
    func status(_ path: String) throws(FileError) -> FileStatus?
    /// Renames, replacing what is at `target`. Durable only after ``syncFolder(_:)``.
    func rename(_ source: String, to target: String) throws(FileError)
    /// Removes a file; one that is missing is fine.
    func remove(_ path: String) throws(FileError)
    /// Removes a folder with everything in it; one that is missing is fine.
    func removeFolder(_ path: String) throws(FileError)
    /// Makes renames, creations and removals in a folder durable.
    func syncFolder(_ path: String) throws(FileError)
    /// Bytes that this process may still write on the disk that holds `path`.
    func freeBytes(_ path: String) throws(FileError) -> Int
}

/// How a file is opened.
public enum FileMode: Sendable {
    /// For reading; it must exist.
    case read
    /// For reading and writing; it must exist.
    case update
    /// For reading and writing; created empty, whatever was there is gone.
    case create
}

/// An open file. Calls at different offsets may run at the same time.
public protocol File: AnyObject, Sendable {
    /// The path it was opened with, for messages.
    var path: String { get }
    /// Reads up to `buffer.count` bytes; returns fewer only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int
    /// Writes all bytes.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError)
    /// Makes contents and size durable (`fdatasync`). After a failure the file must be treated as lost.
    func sync() throws(FileError)
    /// The size in bytes.
    func size() throws(FileError) -> Int
    /// Cuts or extends with zeros.
    func truncate(to size: Int) throws(FileError)
    /// Closes; further calls are an error of the caller.
    func close()
}

/// What is known about a path.
public struct FileStatus: Sendable, Hashable {
    /// The size in bytes.
    public var size: Int
    /// The device and number that identify the file whatever it is called.
    public var device: UInt64
    /// The number of the file on its device.
    public var inode: UInt64
    /// When it was last written, nanoseconds since 1970 UTC.
    public var modified: Int64
    /// Whether it is a folder.
    public var isFolder: Bool

    /// Creates a status.
    public init(size: Int, device: UInt64, inode: UInt64, modified: Int64, isFolder: Bool) {
        self.size = size
        self.device = device
        self.inode = inode
        self.modified = modified
        self.isFolder = isFolder
    }
}

/// Why the operating system refused: what was tried, where, and its reason.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call, as a verb: `open`, `write`.
    public var operation: String
    /// What it was about.
    public var path: String
    /// The operating system's error number.
    public var code: Int32

    /// Creates an error.
    public init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }
}

#if canImport(Glibc)
    internal import Glibc
#endif

extension FileError {
    /// `cannot open ./data/lock: Permission denied`
    public var description: String {
        "cannot \(operation) \(path): \(reason)"
    }

    /// The operating system's words: `Permission denied`.
    public var reason: String { String(cString: strerror(code)) }

    /// The error number of a path at which there is nothing.
    public static var noEntry: Int32 { ENOENT }
    /// The error number of a folder that was to be empty.
    public static var notEmpty: Int32 { ENOTEMPTY }

    /// The error number of a disk that does not give what it should hold.
    public static var inputOutput: Int32 { EIO }

    /// Whether the disk or the quota is full.
    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether the reader at the other end of a pipe is gone.
    public var isBrokenPipe: Bool { code == EPIPE }
}
