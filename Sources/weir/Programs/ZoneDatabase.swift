internal import WeirSystem

/// The time zones of this machine.
enum ZoneDatabase {
    private static let folder = "/usr/share/zoneinfo/"
    /// The largest of a real database has 4 KiB.
    private static let fileBytesMax = 64 << 10

    /// The file of a zone such as `Europe/Berlin`; nil when there is none.
    static func file(_ name: String) -> [UInt8]? {
        // Names come from queries: none may lead out of the folder.
        guard !name.hasPrefix("/"), !name.utf8.contains(UInt8(ascii: ".")) else { return nil }
        let path = folder + name
        let files = PosixFileSystem()
        guard let status = try? files.status(path), !status.isFolder, status.size <= fileBytesMax else { return nil }
        return try? files.contents(of: path)
    }
}
