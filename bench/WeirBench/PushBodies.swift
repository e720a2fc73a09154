import Glibc
import WeirBytes
import WeirModel
import WeirSystem
import WeirTesting

/// Push bodies in files, as senders send them: Loki's protobuf in Snappy, about 1 MiB each before Snappy.
///
/// They are read one by one, so that the bodies are no part of the memory that the store takes.
struct PushBodies: Sendable {
    let paths: [String]
    /// Removes generated bodies with the last reference.
    private let generated: TemporaryFolder?

    /// Takes the bodies of a corpus, or generates some.
    init(folder: String?) throws {
        if let folder {
            generated = nil
            paths = try PosixFileSystem().list(folder + "/push").filter { $0.hasSuffix(".bin") }
                .map { "\(folder)/push/\($0)" }
        } else {
            let folder = TemporaryFolder()
            generated = folder
            paths = try Corpus(seed: 2, bytes: 64 << 20).blocks(streams: Corpus.streamCount).enumerated()
                .map { number, batch in
                    let path = "\(folder.path)/\(number).bin"
                    try PushBodies.write(PushBodies.body(of: batch), to: path)
                    return path
                }
        }
    }

    /// The bytes of a body.
    func body(_ index: Int) throws -> [UInt8] {
        try PosixFileSystem().contents(of: paths[index])
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "w") else { throw FileError(operation: "create", path: path, code: errno) }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw FileError(operation: "write", path: path, code: errno)
        }
    }

    private static func body(of batch: LineBatch) -> [UInt8] {
        var rows = [[Int]](repeating: [], count: Int(Corpus.streamCount))
        for row in 0..<batch.count { rows[Int(batch.streamIndexes[row])].append(row) }
        var request = WireWriter()
        for stream in 0..<Corpus.streamCount where !rows[Int(stream)].isEmpty {
            request.message(field: 1) { message in
                message.text(field: 1, "\(Corpus.labels(ofStream: stream))")
                for row in rows[Int(stream)] {
                    message.message(field: 2) { entry in
                        let (seconds, nanoseconds) = batch.timestamps[row].quotientAndRemainder(
                            dividingBy: 1_000_000_000)
                        entry.message(field: 1) { time in
                            time.varint(field: 1, seconds)
                            time.varint(field: 2, nanoseconds)
                        }
                        let start = Int(batch.lineOffsets[row])
                        entry.data(field: 2, batch.bytes[start..<start + Int(batch.lineLengths[row])])
                    }
                }
            }
        }
        return SnappyCodec.compress(request.bytes)
    }
}
