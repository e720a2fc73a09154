internal import WeirSystem

/// Writes the files of a store to a new folder, so that whatever is there after a crash is all of it or no store.
struct FolderCopy {
    private let folder: String
    private let files: any FileSystem
    private let bytesTotal: Int
    private let progress: (CareProgress) -> Void
    private var bytesDone = 0
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)
    /// Folders with files in them; they are synced at the end.
    private var folders: Set<String> = []

    /// Begins a copy; `folder` must not exist, or be empty.
    init(
        to folder: String, on files: any FileSystem, bytesTotal: Int, progress: @escaping (CareProgress) -> Void
    ) throws(FileError) {
        try files.createFolder(folder)
        guard try files.list(folder).isEmpty else {
            throw FileError(operation: "copy to", path: folder, code: FileError.notEmpty)
        }
        try files.createFolder(folder + "/parts")
        folders = [folder, folder + "/parts"]
        self.folder = folder
        self.files = files
        self.bytesTotal = bytesTotal
        self.progress = progress
    }

    /// Copies what `read` gives to a file, and syncs it.
    mutating func add(
        _ path: String, _ read: (UnsafeMutableRawBufferPointer, _ offset: Int) throws -> Int
    ) throws {
        let target = folder + "/" + path
        progress(CareProgress(path: target, bytesDone: bytesDone, bytesTotal: bytesTotal))
        if let parent = FolderPath.parent(of: target), folders.insert(parent).inserted {
            try files.createFolder(parent)
        }
        let output = try files.open(target, .create)
        defer { output.close() }
        var offset = 0
        var count = try move(from: read, to: output, at: offset)
        while count > 0 {
            offset += count
            bytesDone += count
            count = try move(from: read, to: output, at: offset)
        }
        try output.sync()
    }

    /// Copies the next bytes; returns how many.
    private mutating func move(
        from read: (UnsafeMutableRawBufferPointer, _ offset: Int) throws -> Int, to output: any File, at offset: Int
    ) throws -> Int {
        try buffer.withUnsafeMutableBytes { buffer in
            let count = try read(buffer, offset)
            try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset)
            return count
        }
    }

    /// Makes everything durable.
    func finish() throws(FileError) {
        for folder in folders.sorted(by: >) { try files.syncFolder(folder) }
    }
}
