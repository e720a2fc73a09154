internal import Glibc
internal import WeirSystem

/// The state of a simulated disk: files by path, and the folder changes that no sync has covered yet.
struct SimulatedDisk: Sendable {
    var bytesMax: Int
    var files: [String: SimulatedContents] = [:]
    var folders: Set<String> = ["/", "."]
    var generation = 0
    var syncCount = 0
    var syncFailuresDue = 0
    var writeFailuresDue = 0
    var callsUntilPowerLoss: Int?
    private var durableFiles: [String: SimulatedContents] = [:]
    private var pending: [Change] = []
    private var nextNumber: UInt64 = 1

    enum Change: Sendable {
        case link(String, SimulatedContents)
        case unlink(String, SimulatedContents)
        case rename(String, to: String, SimulatedContents)

        var paths: [String] {
            switch self {
            case .link(let path, _), .unlink(let path, _): [path]
            case .rename(let source, let target, _): [source, target]
            }
        }

        func apply(to files: inout [String: SimulatedContents]) {
            switch self {
            case .link(let path, let file): files[path] = file
            case .unlink(let path, let file): if files[path] === file { files[path] = nil }
            case .rename(let source, let target, let file):
                if files[source] === file { files[source] = nil }
                files[target] = file
            }
        }
    }

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    var bytesUsed: Int {
        files.values.reduce(0) { $0 + $1.bytesUsed }
    }

    mutating func change(_ change: Change) {
        change.apply(to: &files)
        pending.append(change)
    }

    func requireFolder(of path: String, _ operation: String) throws(FileError) {
        guard let folder = FolderPath.parent(of: path), folders.contains(folder) else {
            throw FileError(operation: operation, path: path, code: ENOENT)
        }
    }

    /// Counts a call that changes something; throws when there is no power left for it.
    mutating func spendCall(_ operation: String, _ path: String) throws(FileError) {
        guard let left = callsUntilPowerLoss else { return }
        guard left > 0 else { throw FileError(operation: operation, path: path, code: EIO) }
        callsUntilPowerLoss = left - 1
    }

    mutating func open(_ path: String, _ mode: FileMode) throws(FileError) -> SimulatedContents {
        try requireFolder(of: path, "open")
        if let file = files[path] {
            if case .create = mode { file.truncate(to: 0) }
            return file
        }
        guard case .create = mode else { throw FileError(operation: "open", path: path, code: ENOENT) }
        try spendCall("create", path)
        let file = SimulatedContents(number: nextNumber)
        nextNumber += 1
        change(.link(path, file))
        return file
    }

    mutating func renameFolder(_ source: String, to target: String) {
        let moved = files.filter { $0.key.hasPrefix(source + "/") }.sorted { $0.key < $1.key }
        for (path, file) in moved {
            change(.rename(path, to: target + path.dropFirst(source.count), file))
        }
        let inside = folders.filter { $0 == source || $0.hasPrefix(source + "/") }
        folders.subtract(inside)
        folders.formUnion(inside.map { target + $0.dropFirst(source.count) })
    }

    func list(_ folder: String) throws(FileError) -> [String] {
        guard folders.contains(folder) else { throw FileError(operation: "list", path: folder, code: ENOENT) }
        let paths = Array(files.keys) + folders.filter { $0 != folder }
        let names = paths.filter { FolderPath.parent(of: $0) == folder }.map { $0.dropFirst(folder.count + 1) }
        return names.map(String.init).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    mutating func write(
        _ bytes: UnsafeRawBufferPointer, to file: SimulatedContents, at offset: Int, path: String
    ) throws(FileError) {
        try spendCall("write", path)
        if writeFailuresDue > 0 {
            writeFailuresDue -= 1
            throw FileError(operation: "write", path: path, code: EIO)
        }
        let free = bytesMax == .max ? Int.max : bytesMax - bytesUsed
        let fits = file.prefixThatFits(offset..<offset + bytes.count, free: free)
        file.write(UnsafeRawBufferPointer(rebasing: bytes[..<fits]), at: offset)
        guard fits == bytes.count else { throw FileError(operation: "write", path: path, code: ENOSPC) }
    }

    /// As a journalling file system does it: the folder's changes, with all earlier ones they may rest on.
    mutating func syncFolder(_ folder: String) {
        guard
            let last = pending.lastIndex(where: { change in
                change.paths.contains { FolderPath.parent(of: $0) == folder }
            })
        else { return }
        for change in pending[...last] { change.apply(to: &durableFiles) }
        pending.removeSubrange(...last)
    }

    mutating func crash(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let kept = Int.random(in: 0...pending.count, using: &random)
        for change in pending[..<kept] { change.apply(to: &durableFiles) }
        pending = []
        files = durableFiles
        for file in files.values.sorted(by: { $0.number < $1.number }) { file.crash(&random) }
        generation += 1
        callsUntilPowerLoss = nil
        syncFailuresDue = 0
        writeFailuresDue = 0
    }
}

/// The bytes of one simulated file, whatever it is called. Touched only under the lock of the disk that holds it.
final class SimulatedContents: @unchecked Sendable {
    static let sectorBytes = 512

    let number: UInt64
    var current: [UInt8] = []
    private var synced: [UInt8] = []
    private var dirty: Set<Int> = []
    private var allocated: Set<Int> = []

    init(number: UInt64) {
        self.number = number
    }

    /// What it occupies: sectors ever written, not the holes that `truncate` makes.
    var bytesUsed: Int { allocated.count * SimulatedContents.sectorBytes }

    /// How many bytes of a write fit when `free` more bytes may be occupied.
    func prefixThatFits(_ range: Range<Int>, free: Int) -> Int {
        guard free != .max else { return range.count }
        var sectorsFree = max(0, free) / SimulatedContents.sectorBytes
        for sector in sectors(range) where !allocated.contains(sector) {
            guard sectorsFree > 0 else {
                return max(0, sector * SimulatedContents.sectorBytes - range.lowerBound)
            }
            sectorsFree -= 1
        }
        return range.count
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard !bytes.isEmpty else { return }
        let end = offset + bytes.count
        if end > current.count { extend(to: end) }
        current.replaceSubrange(offset..<end, with: bytes)
        for sector in sectors(offset..<end) {
            dirty.insert(sector)
            allocated.insert(sector)
        }
    }

    func truncate(to size: Int) {
        guard size < current.count else { return extend(to: size) }
        let cut = sectors(size..<current.count)
        dirty.formUnion(cut)
        allocated = allocated.filter { $0 * SimulatedContents.sectorBytes < size }
        current.removeSubrange(size...)
    }

    /// Makes the contents durable, or, when `lost`, forgets that they were to be made so.
    func commit(lost: Bool) {
        defer { dirty.removeAll() }
        guard !lost else { return }
        resize(&synced, to: current.count)
        for sector in dirty { copySector(sector, from: current, to: &synced) }
    }

    /// Becomes what is durable plus any choice of the sectors that are not.
    func crash(_ random: inout SeededGenerator) {
        let lostSectors = Set(sectors(0..<max(current.count, synced.count)).filter { isDifferent($0) })
        if Bool.random(using: &random) { resize(&synced, to: current.count) }
        let keepsAll = Int.random(in: 0..<8, using: &random) == 0
        for sector in lostSectors.sorted() where keepsAll || Bool.random(using: &random) {
            copySector(sector, from: current, to: &synced)
        }
        current = synced
        dirty = []
    }

    private func sectors(_ range: Range<Int>) -> Range<Int> {
        let size = SimulatedContents.sectorBytes
        return range.lowerBound / size..<(range.upperBound + size - 1) / size
    }

    private func isDifferent(_ sector: Int) -> Bool {
        let range = sector * SimulatedContents.sectorBytes..<(sector + 1) * SimulatedContents.sectorBytes
        return current[range.clamped(to: 0..<current.count)] != synced[range.clamped(to: 0..<synced.count)]
    }

    private func extend(to size: Int) {
        current.append(contentsOf: repeatElement(0, count: size - current.count))
    }

    private func resize(_ bytes: inout [UInt8], to size: Int) {
        if bytes.count > size { bytes.removeSubrange(size...) }
        bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
    }

    /// Copies what of a sector both hold.
    private func copySector(_ sector: Int, from source: [UInt8], to target: inout [UInt8]) {
        let start = sector * SimulatedContents.sectorBytes
        let end = min(start + SimulatedContents.sectorBytes, source.count, target.count)
        if start < end { target.replaceSubrange(start..<end, with: source[start..<end]) }
    }
}
