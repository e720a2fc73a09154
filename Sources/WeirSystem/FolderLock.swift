internal import Glibc
internal import Synchronization

/// Keeps a second process out of a folder, by a lock on the file `lock` in it.
///
/// The kernel drops the lock with the process, however it ends, so a stale file never blocks a start.
public final class FolderLock: Sendable {
    /// The locked folder.
    public let folder: String
    private let descriptor: Int32
    private let isReleased = Atomic(false)

    /// Locks an existing folder and writes this process' number into its lock file.
    public init(folder: String) throws(FolderLockError) {
        let path = folder + "/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .file(FileError(operation: "open", path: path, code: errno)) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            defer { close(descriptor) }
            guard code == EWOULDBLOCK else { throw .file(FileError(operation: "lock", path: path, code: code)) }
            throw .held(path: path, processID: FolderLock.readProcessID(descriptor))
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            let code = errno
            close(descriptor)
            throw .file(FileError(operation: "write", path: path, code: code))
        }
        self.folder = folder
        self.descriptor = descriptor
    }

    deinit { release() }

    /// Gives the folder free; calling it again does nothing.
    public func release() {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        // The file stays: removing it would let two processes hold locks on two files of the same name.
        close(descriptor)
    }

    private static func readProcessID(_ descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: text[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
