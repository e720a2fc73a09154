public import WeirSystem

/// Makes a data folder of a backup.
public enum StoreRestore {
    /// Why a backup is not used.
    public struct Refusal: Error, Sendable, CustomStringConvertible {
        /// The folder that was to be read.
        public var folder: String
        /// What is wrong with it; empty when it is no backup at all.
        public var findings: [StoreFinding]

        /// One line for each finding.
        public var description: String {
            if findings.isEmpty { return "\(folder) is no backup: it has no weir.db" }
            let count = findings.count == 1 ? "1 finding" : "\(findings.count) findings"
            return (["\(folder) is not sound, \(count); --damaged takes what is left"] + findings.map { "  \($0)" })
                .joined(separator: "\n")
        }
    }

    /// Checks every byte of a backup, then copies it; blocks.
    ///
    /// - Parameters:
    ///   - backup: a folder that a backup wrote, or the data folder of a server that does not run.
    ///   - folder: the data folder to make; must not exist, or be empty.
    ///   - takesDamaged: whether to go on when something in the backup is damaged or missing.
    ///   - progress: called before each file, while checking and while copying.
    /// - Throws: ``Refusal``, `FileError`; after the latter `folder` is no store yet.
    /// - Returns: how many files, and their bytes.
    @discardableResult
    public static func run(
        from backup: String, to folder: String, takesDamaged: Bool = false, fileSystem files: any FileSystem,
        progress: @escaping (CareProgress) -> Void = { _ in }
    ) throws -> (files: Int, bytes: Int) {
        guard try files.status(backup + "/weir.db") != nil else { throw Refusal(folder: backup, findings: []) }
        var verification = StoreVerification(folder: backup, fileSystem: files, progress: progress)
        try verification.run()
        let faults = verification.findings.filter { $0.kind != .setAside }
        guard takesDamaged || faults.isEmpty else { throw Refusal(folder: backup, findings: faults) }
        let paths = try paths(of: backup, files)
        let bytes = try paths.reduce(0) { try $0 + (files.status(backup + "/" + $1)?.size ?? 0) }
        var copy = try FolderCopy(to: folder, on: files, bytesTotal: bytes, progress: progress)
        for path in paths {
            let input = try files.open(backup + "/" + path, .read)
            defer { input.close() }
            try copy.add(path) { buffer, offset in try input.read(into: buffer, at: offset) }
        }
        try copy.finish()
        return (paths.count, bytes)
    }

    /// All files that a store reads, `weir.db` last; what SQLite keeps beside a database goes with it.
    private static func paths(of backup: String, _ files: any FileSystem) throws(FileError) -> [String] {
        var paths: [String] = []
        for folder in ["parts", "wal"] where try files.status(backup + "/" + folder) != nil {
            for name in try files.list(backup + "/" + folder) {
                let path = folder + "/" + name
                if try files.status(backup + "/" + path)?.isFolder == true {
                    paths += try files.list(backup + "/" + path).map { path + "/" + $0 }
                } else {
                    paths.append(path)
                }
            }
        }
        return paths + (try files.list(backup).filter { $0.hasPrefix("weir.db") }).sorted(by: >)
    }
}
