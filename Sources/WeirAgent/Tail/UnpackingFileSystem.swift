internal import WeirBytes
internal import WeirSystem

/// A file system whose files are gzip archives and read as what is in them; everything else is as in the one below.
struct UnpackingFileSystem: FileSystem {
    private let below: any FileSystem

    init(_ below: any FileSystem) {
        self.below = below
    }

    func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File {
        UnpackingFile(try below.open(path, mode))
    }

    func list(_ folder: String) throws(FileError) -> [String] { try below.list(folder) }
    func createFolder(_ path: String) throws(FileError) { try below.createFolder(path) }

    /// The size of an archive says nothing about the size of what is in it, so it is as large as can be.
    func status(_ path: String) throws(FileError) -> FileStatus? {
        guard var status = try below.status(path) else { return nil }
        if !status.isFolder { status.size = .max }
        return status
    }

    func rename(_ source: String, to target: String) throws(FileError) { try below.rename(source, to: target) }
    func remove(_ path: String) throws(FileError) { try below.remove(path) }
    func removeFolder(_ path: String) throws(FileError) { try below.removeFolder(path) }
    func syncFolder(_ path: String) throws(FileError) { try below.syncFolder(path) }
    func freeBytes(_ path: String) throws(FileError) -> Int { try below.freeBytes(path) }
}

/// A gzip archive that reads as what is in it, from start to end; what was read lately is kept for a second look.
///
/// A broken archive ends where it breaks.
final class UnpackingFile: File {
    private let packed: any File
    // Files are read by the follower's thread alone; nothing here is ever reached by two.
    nonisolated(unsafe) private var stream = InflateStream()
    nonisolated(unsafe) private var packedOffset = 0
    /// What came out last, and where it starts.
    nonisolated(unsafe) private var kept: [UInt8] = []
    nonisolated(unsafe) private var keptStart = 0
    nonisolated(unsafe) private var isAtEnd = false
    nonisolated(unsafe) private var isBroken = false
    /// The first bytes, by which files are told apart.
    nonisolated(unsafe) private var head: [UInt8] = []

    /// What is kept: a line that did not end in one read is read again from its start.
    private static let keptBytesMax = 1 << 20
    private static let stepBytes = 64 << 10

    init(_ packed: any File) {
        self.packed = packed
    }

    var path: String { packed.path }

    /// More than any file holds: the size of contents that were not seen to their end.
    static let unknownSize = 1 << 60

    /// The size of the contents, once they were seen to the end. An archive that is still written goes on after that.
    func size() throws(FileError) -> Int {
        if isAtEnd, !isBroken, try packed.size() > packedOffset { isAtEnd = false }
        return isAtEnd ? keptStart + kept.count : UnpackingFile.unknownSize
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        if offset + buffer.count <= head.count { return copy(head, from: offset, to: buffer) }
        if offset < keptStart { rewind() }
        while !isAtEnd, keptStart + kept.count < offset + buffer.count { try unpack(keeping: offset) }
        guard offset < keptStart + kept.count else { return 0 }
        return copy(kept, from: offset - keptStart, to: buffer)
    }

    private func copy(_ bytes: [UInt8], from start: Int, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - start)
        bytes.withUnsafeBytes { buffer.copyMemory(from: $0.part(start..<start + count)) }
        return count
    }

    private func rewind() {
        stream = InflateStream()
        (packedOffset, keptStart, isAtEnd, isBroken) = (0, 0, false, false)
        kept.removeAll(keepingCapacity: true)
    }

    /// Unpacks one step; what lies before `offset` may go.
    private func unpack(keeping offset: Int) throws(FileError) {
        var room = [UInt8](repeating: 0, count: UnpackingFile.stepBytes)
        var failure: FileError?
        let count = room.withUnsafeMutableBytes { buffer in
            do throws(FileError) {
                return try packed.read(into: buffer, at: packedOffset)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        packedOffset += count
        let goesOn = room.withUnsafeBytes { stream.unpack($0.part(0..<count), appendingTo: &kept) }
        if !goesOn { isBroken = true }
        if count == 0 || isBroken { isAtEnd = true }
        if keptStart == 0, head.count < HeadFingerprint.bytesMax { head = Array(kept.prefix(HeadFingerprint.bytesMax)) }
        let surplus = min(kept.count - UnpackingFile.keptBytesMax, offset - keptStart)
        guard surplus > UnpackingFile.keptBytesMax / 2 else { return }
        kept.removeFirst(surplus)
        keptStart += surplus
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        try packed.write(bytes, at: offset)
    }
    func sync() throws(FileError) { try packed.sync() }
    func truncate(to size: Int) throws(FileError) { try packed.truncate(to: size) }
    func close() { packed.close() }
}
