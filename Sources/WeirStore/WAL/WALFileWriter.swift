internal import WeirSystem

/// The file that groups are being written to. Used by the committer's thread only.
struct WALFileWriter {
    let name: String
    /// Where the next group goes.
    private(set) var offset = WALLayout.headerBytes
    /// Whether something was written since the last sync.
    private(set) var isDirty = true
    private let file: any File
    /// Up to here the file has blocks of its own, so that writing does not change the file system's books.
    private var allocated: Int

    /// Starts a file and writes its header, which becomes durable with the first sync.
    init(_ header: WALFileHeader, pooled: String?, in folder: WALFolder) throws(FileError) {
        name = WALLayout.fileName(header.sequence)
        do throws(FileError) {
            file = try folder.start(name, pooled: pooled)
            allocated = try file.size()
            try WALFileWriter.write(header.encoded, to: file, at: 0)
        } catch {
            // A leftover would not be wrong, replay sees that nothing was written to it; it only takes room.
            try? folder.files.remove(folder.filePath(name))
            throw error
        }
    }

    var path: String { file.path }

    /// Writes a group that ends with an end mark; the next group will overwrite the mark.
    ///
    /// - Parameter growBytes: the step in which to fill the file with zeros ahead of its end; 0 does not.
    mutating func append(_ group: [UInt8], growBytes: Int, fileBytesMax: Int) throws(FileError) {
        isDirty = true
        try WALFileWriter.write(group, to: file, at: offset)
        let end = offset + group.count
        offset = end - WALLayout.endMarkBytes
        guard end > allocated else { return }
        allocated = end
        // A large group's sync is mostly its own bytes; doubling them would cost more than the sync saves.
        guard growBytes > 0, group.count <= growBytes / 4 else { return }
        let target = min(max(fileBytesMax, end), (end + growBytes - 1) / growBytes * growBytes)
        let zeros = [UInt8](repeating: 0, count: target - end)
        // Without room for zeros the group itself is still good.
        if (try? WALFileWriter.write(zeros, to: file, at: end)) != nil { allocated = target }
    }

    mutating func sync() throws(FileError) {
        guard isDirty else { return }
        try file.sync()
        isDirty = false
    }

    func close() { file.close() }

    private static func write(_ bytes: [UInt8], to file: any File, at offset: Int) throws(FileError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
            try file.write(UnsafeRawBufferPointer(buffer), at: offset)
        }
    }
}
