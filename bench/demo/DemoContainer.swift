import WeirBytes
import WeirSystem

/// One container's folder: `config.v2.json` and a log file that is rotated as Docker rotates.
struct DemoContainer {
    let service: DemoService
    private let path: String
    private let files = PosixFileSystem()
    private var file: any File
    private var size = 0

    /// The size at which a file is rotated (`max-size`), and how many old ones stay (`max-file` less one). Small, so
    /// that a person sees a rotation within minutes.
    private static let fileBytesMax = 256 << 10
    private static let oldFilesMax = 2

    /// Creates the folder and an empty log.
    init(_ service: DemoService, in folder: String, random: inout DemoRandom) throws {
        self.service = service
        let id = random.hexadecimal(digits: 64)
        let home = "\(folder)/\(id)"
        path = "\(home)/\(id)-json.log"
        try files.createFolder(home)
        var json = JSONWriter()
        json.raw("{\"ID\":")
        json.string(id)
        json.raw(",\"Name\":")
        json.string("/demo-\(service.rawValue)-1")
        json.raw(",\"LogPath\":")
        json.string(path)
        json.raw(",\"Config\":{\"Image\":")
        json.string(service.image)
        json.raw(",\"Labels\":{\"com.docker.compose.project\":\"demo\",\"com.docker.compose.service\":")
        json.string(service.rawValue)
        json.raw("}}}")
        try AtomicReplace.write(json.bytes, to: "\(home)/config.v2.json", on: files)
        file = try files.open(path, .create)
    }

    /// Appends lines that were written at `nanoseconds` since 1970 UTC.
    mutating func write(_ event: (lines: [String], isError: Bool), at nanoseconds: Int64) throws {
        var json = JSONWriter()
        for (index, line) in event.lines.enumerated() {
            json.raw("{\"log\":")
            json.string(line + "\n")
            json.raw(",\"stream\":")
            json.string(event.isError ? "stderr" : "stdout")
            json.raw(",\"time\":")
            json.string(CivilTime(nanoseconds: nanoseconds + Int64(index)).exact)
            json.raw("}\n")
        }
        try json.bytes.withUnsafeBytes { try file.write($0, at: size) }
        size += json.bytes.count
        if size > Self.fileBytesMax { try rotate() }
    }

    private mutating func rotate() throws {
        for number in (1..<Self.oldFilesMax).reversed() where try files.status("\(path).\(number)") != nil {
            try files.rename("\(path).\(number)", to: "\(path).\(number + 1)")
        }
        try files.rename(path, to: path + ".1")
        file.close()
        file = try files.open(path, .create)
        size = 0
    }
}
