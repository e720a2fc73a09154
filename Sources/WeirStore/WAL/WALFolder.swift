internal import WeirSystem

/// Names of the log's files, and the way of a file from the pool into use and back. Blocks.
struct WALFolder: Sendable {
    let path: String
    let files: any FileSystem

    var poolPath: String { path + "/pool" }

    func create() throws(FileError) {
        try files.createFolder(poolPath)
        try files.syncFolder(path)
        if let parent = FolderPath.parent(of: path) { try files.syncFolder(parent) }
    }

    func filePath(_ name: String) -> String { path + "/" + name }

    /// The log's files by rising sequence number.
    func fileNames() throws(FileError) -> [String] {
        try files.list(path).filter { WALLayout.sequence(ofFileName: $0) != nil }
    }

    func poolNames() throws(FileError) -> [String] {
        try files.list(poolPath).filter { WALLayout.sequence(ofFileName: $0) != nil }
    }

    /// Opens the file `name`, made from the pool's file `pooled` when there is one; its name is durable on return.
    func start(_ name: String, pooled: String?) throws(FileError) -> any File {
        let path = filePath(name)
        let file: any File
        if let pooled {
            try files.rename(poolPath + "/" + pooled, to: path)
            file = try files.open(path, .update)
        } else {
            file = try files.open(path, .create)
        }
        try files.syncFolder(self.path)
        return file
    }

    /// Puts a file that is done with into the pool.
    func recycle(_ name: String) throws(FileError) {
        try files.rename(filePath(name), to: poolPath + "/" + name)
    }
}
