internal import Glibc

/// The machine's own files. Stateless, so every copy is the same file system.
public struct PosixFileSystem: FileSystem {
    /// Creates the file system.
    public init() {}

    /// Opens a file; one that is created gets the permissions `0640` less the umask.
    public func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            }
        var descriptor: Int32
        repeat { descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o640) } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
        return PosixFile(path: path, descriptor: descriptor)
    }

    /// The names in a folder, in the order of their bytes.
    public func list(_ folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else { throw FileError(operation: "list", path: folder, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileError(operation: "list", path: folder, code: errno) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Creates a folder and its missing parents with the permissions `0750` less the umask.
    public func createFolder(_ path: String) throws(FileError) {
        if mkdir(path, 0o750) == 0 { return }
        var code = errno
        if code == ENOENT, let parent = FolderPath.parent(of: path), parent != path {
            try createFolder(parent)
            if mkdir(path, 0o750) == 0 { return }
            code = errno
        }
        if code == EEXIST, let found = try status(path), found.isFolder { return }
        throw FileError(operation: "create folder", path: path, code: code)
    }

    /// What is known about what `path` leads to, through symbolic links; nil when nothing is there.
    public func status(_ path: String) throws(FileError) -> FileStatus? {
        var known = stat()
        guard stat(path, &known) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(operation: "look at", path: path, code: errno)
        }
        return FileStatus(
            size: Int(known.st_size), device: UInt64(known.st_dev), inode: UInt64(known.st_ino),
            modified: Int64(known.st_mtim.tv_sec) * 1_000_000_000 + Int64(known.st_mtim.tv_nsec),
            isFolder: known.st_mode & S_IFMT == S_IFDIR)
    }

    /// Renames, replacing what is at `target`.
    public func rename(_ source: String, to target: String) throws(FileError) {
        guard Glibc.rename(source, target) == 0 else {
            throw FileError(operation: "rename to \(target)", path: source, code: errno)
        }
    }

    /// Removes a file; one that is missing is fine.
    public func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw FileError(operation: "remove", path: path, code: errno)
        }
    }

    /// Removes a folder with everything in it, without following symbolic links.
    public func removeFolder(_ path: String) throws(FileError) {
        var known = stat()
        guard lstat(path, &known) == 0 else {
            if errno == ENOENT { return }
            throw FileError(operation: "remove", path: path, code: errno)
        }
        guard known.st_mode & S_IFMT == S_IFDIR else { return try remove(path) }
        for name in try list(path) { try removeFolder(path + "/" + name) }
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw FileError(operation: "remove folder", path: path, code: errno)
        }
    }

    /// Makes renames, creations and removals in a folder durable.
    public func syncFolder(_ path: String) throws(FileError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(operation: "open folder", path: path, code: errno) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(operation: "sync folder", path: path, code: errno) }
    }

    /// Bytes that an ordinary user may still write on the disk that holds `path`.
    public func freeBytes(_ path: String) throws(FileError) -> Int {
        var known = statvfs()
        guard statvfs(path, &known) == 0 else {
            throw FileError(operation: "measure free space of", path: path, code: errno)
        }
        let (bytes, overflow) = Int(clamping: known.f_bavail).multipliedReportingOverflow(by: Int(known.f_frsize))
        return overflow ? .max : bytes
    }
}
