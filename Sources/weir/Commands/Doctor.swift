internal import ArgumentParser
internal import WeirStore
internal import WeirSystem

/// `weir doctor DIR`: reads every byte of a data folder and compares it with its checksum.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks every byte of a data folder or backup, and mends what can be mended.",
        discussion: """
            weir doctor /var/lib/weir
            weir doctor /var/lib/weir --repair      (no server runs)

            Prints one line for each finding: what it means, the file, and what is wrong at which byte. The exit code \
            is 1 when lines are lost. A server may run meanwhile; what it removes while this looks may then be missed.

            --repair sets segments aside that are damaged beyond use, and takes back those that are whole again, such \
            as files that were copied from a backup.
            """)

    @Argument(help: "The data folder.")
    var folder = "./data"

    @Flag(help: "Repairs what can be repaired; no server may use the folder.")
    var repair = false

    func run() throws {
        let files = PosixFileSystem()
        guard try files.status(folder + "/weir.db") != nil || files.status(folder + "/parts") != nil else {
            throw StartFailure("\(folder) is no data folder: it has neither weir.db nor parts")
        }
        if repair {
            for line in try StoreRepair.run(folder: folder, fileSystem: files) {
                try StandardStream.output.writeLine(line)
            }
        }
        let progress = CareProgressLine()
        var verification = StoreVerification(folder: folder, fileSystem: files, progress: progress.show)
        try verification.run()
        progress.clear()
        for finding in verification.findings { try StandardStream.output.writeLine("\(finding)") }
        let looked = "\(verification.filesRead) files, \(verification.bytesRead) bytes"
        let lost = verification.findings.count { $0.kind != .setAside }
        try StandardStream.error.writeLine(
            "\(looked): " + (lost == 0 ? "no damage" : lost == 1 ? "1 damage" : "\(lost) damages"))
        if lost > 0 { throw ExitCode.failure }
    }
}
