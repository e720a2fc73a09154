internal import WeirAPI
internal import WeirBytes
internal import WeirStore
internal import WeirSystem

/// A backup of the store as a tar archive.
enum StoreArchive {
    /// Bytes read and sent at a time.
    private static let pieceBytes = 1 << 20

    /// What writes the archive; reads on a thread of its own, as fast as the client takes it.
    static func stream(_ backup: StoreBackup) -> APIResponse.BodyStream {
        { write in
            let reader = WorkExecutor(name: "weir-backup", threads: 1, isBackground: true)
            defer { reader.shutdown() }
            for (index, file) in backup.files.enumerated() {
                try await write(TarWriter.head(of: file.path, bytes: file.bytes))
                for offset in stride(from: 0, to: file.bytes, by: pieceBytes) {
                    let count = min(pieceBytes, file.bytes - offset)
                    try await write(try await reader.run { try piece(of: backup, index, offset, count) })
                }
                try await write(TarWriter.padding(after: file.bytes))
            }
            try await write(TarWriter.end)
        }
    }

    private static func piece(
        of backup: StoreBackup, _ index: Int, _ offset: Int, _ count: Int
    ) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            do throws(FileError) {
                read = try backup.read(index, into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        // The archive's head promised all bytes; a file that shrank breaks it off.
        guard bytes.count == count else {
            throw FileError(operation: "back up", path: backup.files[index].path, code: FileError.inputOutput)
        }
        return bytes
    }
}
