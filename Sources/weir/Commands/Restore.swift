internal import ArgumentParser
internal import WeirStore
internal import WeirSystem

/// `weir restore BACKUP --data DIR`: makes a data folder of a backup.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a data folder of a backup.",
        discussion: """
            weir restore /backup/weir-2026-11-21 --data /var/lib/weir

            Checks every byte first; `weir serve --data` then starts from the new folder. The backup stays as it is.
            """)

    @Argument(help: "What `weir backup` wrote.")
    var backup: String

    @Option(help: "The data folder to make; must not exist, or be empty.")
    var data = "./data"

    @Flag(help: "Takes what is left of a backup that is damaged.")
    var damaged = false

    func run() throws {
        let progress = CareProgressLine()
        let (files, bytes) = try StoreRestore.run(
            from: backup, to: data, takesDamaged: damaged, fileSystem: PosixFileSystem(), progress: progress.show)
        progress.clear()
        try StandardStream.error.writeLine("\(data): \(files) files, \(bytes) bytes")
    }
}
