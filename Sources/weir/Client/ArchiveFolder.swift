internal import WeirBytes
internal import WeirSystem

/// Writes the files of a tar archive to a new folder while they arrive, and syncs them.
struct ArchiveFolder {
    /// Why an archive is not a backup, or not all of one.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Files written.
    private(set) var fileCount = 0
    /// Bytes written.
    private(set) var bytes = 0
    /// Whether the archive's end has come.
    private(set) var isWhole = false

    private let folder: String
    private let files: any FileSystem
    private var archive = TarReader()
    private var folders: Set<String> = []
    private var file: (any File)?
    private var offset = 0

    /// `folder` must not exist, or be empty.
    init(_ folder: String, on files: any FileSystem) throws(FileError) {
        try files.createFolder(folder)
        guard try files.list(folder).isEmpty else {
            throw FileError(operation: "back up to", path: folder, code: FileError.notEmpty)
        }
        self.folder = folder
        self.files = files
        folders = [folder]
    }

    /// Takes the next piece of the archive.
    mutating func take(_ piece: some Sequence<UInt8>) throws {
        archive.feed(piece)
        while let event = try next() {
            switch event {
            case .file(let name, _): try begin(name)
            case .bytes(let bytes):
                guard let file else { continue }
                try bytes.withUnsafeBytes { try file.write($0, at: offset) }
                offset += bytes.count
                self.bytes += bytes.count
            case .end:
                try endFile()
                isWhole = true
            }
        }
    }

    /// Makes everything durable; call it when all has come.
    func finish() throws {
        guard isWhole else { throw Fault(description: "the server broke the backup off; \(folder) is no backup") }
        for folder in folders.sorted(by: >) { try files.syncFolder(folder) }
    }

    private mutating func next() throws -> TarReader.Event? {
        do throws(TarReader.Fault) {
            return try archive.next()
        } catch {
            throw Fault(description: "what the server sends is no backup: \(error)")
        }
    }

    private mutating func begin(_ name: String) throws {
        try endFile()
        // Whoever the server is, nothing is written outside of the folder.
        let isPlain = name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isPlain)
        guard isPlain else { throw Fault(description: "the server sends a file with the name \(name)") }
        let path = folder + "/" + name
        if let parent = FolderPath.parent(of: path), folders.insert(parent).inserted {
            try files.createFolder(parent)
            if let grandparent = FolderPath.parent(of: parent), grandparent.hasPrefix(folder) {
                folders.insert(grandparent)
            }
        }
        file = try files.open(path, .create)
        offset = 0
        fileCount += 1
    }

    /// Whether a part of a path is letters, digits and some signs, and no step to another folder.
    private static func isPlain(_ part: Substring) -> Bool {
        let signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8
        return part != "." && part != ".." && !part.isEmpty && part.utf8.allSatisfy { signs.contains($0) }
    }

    private mutating func endFile() throws(FileError) {
        try file?.sync()
        file?.close()
        file = nil
    }
}
