/// Writes a small file so that a reader, or the next start after a crash, finds the old contents or the new, never a mix.
public enum AtomicReplace {
    /// Writes `bytes` to `path` through `path.tmp`: write, sync, rename, sync the folder. Durable on return.
    ///
    /// When it throws, `path` holds what it held before, and the `.tmp` file is removed if the disk allows.
    public static func write(_ bytes: [UInt8], to path: String, on files: any FileSystem) throws(FileError) {
        let draft = path + ".tmp"
        do throws(FileError) {
            let file = try files.open(draft, .create)
            defer { file.close() }
            try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
                try file.write(UnsafeRawBufferPointer(buffer), at: 0)
            }
            try file.sync()
            try files.rename(draft, to: path)
        } catch {
            try? files.remove(draft)
            throw error
        }
        try files.syncFolder(FolderPath.parent(of: path) ?? ".")
    }
}
