internal import ArgumentParser
internal import WeirStore
internal import WeirSystem

/// `weir inspect wal|segment|catalogue PATH`: what is on disk, in words. Reads only; a running server may own the files.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints what is on disk.", subcommands: [InspectWAL.self, InspectSegment.self, InspectCatalogue.self])
}

/// `weir inspect wal PATH`.
struct InspectWAL: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wal", abstract: "Prints the records of a WAL file, or of all in a folder.")

    @Argument(help: "A WAL file, or the folder of them: DATA/wal.")
    var path: String

    func run() throws {
        guard try PosixFileSystem().status(path) != nil else {
            throw StartFailure("cannot inspect \(path): no such file or folder")
        }
        var failure: FileError?
        try WALInspection(path: path, fileSystem: PosixFileSystem()).forEachLine { line in
            guard failure == nil else { return }
            do throws(FileError) { try StandardStream.output.writeLine(line) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

/// `weir inspect catalogue PATH`.
struct InspectCatalogue: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue", abstract: "Prints the streams and segments that a catalogue lists.")

    @Argument(help: "A day's catalogue, or the store's own: DATA/weir.db.")
    var path: String

    func run() throws {
        guard let status = try PosixFileSystem().status(path), !status.isFolder else {
            throw StartFailure("cannot inspect \(path): no such file; name DATA/weir.db or DATA/parts/DAY/catalog.db")
        }
        for line in try CatalogueInspection.lines(path: path) { try StandardStream.output.writeLine(line) }
    }
}
