internal import WeirSystem

/// A log file that a replay has found, and what its header says.
struct WALFileFound {
    let name: String
    let sequence: UInt64
    /// Nil when nothing was written to the file, or both copies are damaged.
    let header: WALFileHeader?
    /// What is wrong with the header; nil when nothing is.
    let damage: (byteOffset: Int, found: String)?
    /// Records from here on are dead.
    var limitLSN = UInt64.max
    /// The records before this were synced, a later file of the same process says so; nil when nobody does.
    var provenEnd: UInt64?

    init(name: String, in folder: WALFolder) {
        self.name = name
        let sequence = WALLayout.sequence(ofFileName: name) ?? 0
        self.sequence = sequence
        let page: [UInt8]
        do throws(FileError) {
            page = try WALFileFound.readPage(folder.filePath(name), folder.files)
        } catch {
            header = nil
            damage = (0, "\(error)")
            return
        }
        let size = WALLayout.headerCopyBytes
        let copies = page.withUnsafeBytes { bytes in
            [0, size].map { start in
                start + size <= bytes.count
                    ? WALFileHeader(copy: UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])) : nil
            }
        }
        header = copies.lazy.compactMap { $0 }.first { $0.sequence == sequence }
        if header != nil {
            // One of the copies may be of the file's earlier use when a crash tore the header.
            damage = copies.firstIndex { $0 == nil }.map { ($0 * size, "a damaged copy") }
        } else {
            // Empty, or straight out of the pool: nothing was acknowledged in it.
            let isUnused = page.allSatisfy { $0 == 0 } || copies.contains { $0 != nil }
            damage = isUnused ? nil : (0, "neither of the two copies")
        }
    }

    /// Gives every file the limits that the headers of later ones set.
    static func settlingLimits(_ files: [WALFileFound]) -> [WALFileFound] {
        var settled = files
        var limit = UInt64.max
        var successor: WALFileHeader?
        for index in settled.indices.reversed() {
            settled[index].limitLSN = limit
            guard let header = settled[index].header else {
                settled[index].provenEnd = successor?.previousEnd
                continue
            }
            if let successor, successor.epoch == header.epoch { settled[index].provenEnd = successor.previousEnd }
            limit = min(limit, header.previousEnd)
            successor = header
        }
        return settled
    }

    private static func readPage(_ path: String, _ files: any FileSystem) throws(FileError) -> [UInt8] {
        let file = try files.open(path, .read)
        defer { file.close() }
        var page = [UInt8](repeating: 0, count: WALLayout.headerBytes)
        var failure: FileError?
        let count = page.withUnsafeMutableBytes { buffer in
            do throws(FileError) {
                return try file.read(into: buffer, at: 0)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        page.removeSubrange(count...)
        return page
    }
}
