internal import ArgumentParser
internal import NIOCore
internal import WeirAPI
internal import WeirStore
internal import WeirSystem

/// `weir backup DIR`: copies the store of a running server, or a data folder that no server uses.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies a server's store to a new folder, while it runs.",
        discussion: """
            weir backup /backup/weir-2026-11-21
            weir backup /backup/weir --data /var/lib/weir      (no server runs)

            The copy holds every line that was acknowledged before the command began; it is checked byte for byte \
            before the command ends. `weir restore` makes a data folder of it.
            """)

    @Argument(help: "The folder to write; must not exist, or be empty.")
    var folder: String

    @Option(help: "Copies this data folder instead of asking a server; no server may use it.")
    var data: String?

    @Flag(help: "Skips the check of the copy.")
    var unchecked = false

    @OptionGroup var server: ServerAddress

    func run() async throws {
        let (files, bytes) = if let data { try await copy(data) } else { try await fetch() }
        if !unchecked { try check() }
        let words = unchecked ? "" : ", all checksums right"
        try StandardStream.error.writeLine("\(folder): \(files) files, \(bytes) bytes\(words)")
    }

    private func fetch() async throws -> (files: Int, bytes: Int) {
        var target = try ArchiveFolder(folder, on: PosixFileSystem())
        try await WeirClient(address: server.base).backup { try target.take($0.readableBytesView) }
        try target.finish()
        return (target.fileCount, target.bytes)
    }

    private func copy(_ data: String) async throws -> (files: Int, bytes: Int) {
        guard try PosixFileSystem().status(data + "/weir.db") != nil else {
            throw StartFailure("\(data) is no data folder: it has no weir.db")
        }
        return try await OfflineStore.with(data) { store in
            let progress = try await store.backup(to: folder)
            return (progress.files, progress.bytes)
        }
    }

    private func check() throws {
        var verification = StoreVerification(folder: folder, fileSystem: PosixFileSystem())
        try verification.run()
        let faults = verification.findings.filter { $0.kind != .setAside }
        guard faults.isEmpty else {
            let lines = faults.map { "\n  \($0)" }.joined()
            throw StartFailure("\(folder) is copied, but what was copied is not sound:\(lines)")
        }
    }
}
