internal import Synchronization

/// Time zones by name, read when a template first asks for one.
public final class ZoneCache: Sendable {
    /// Names come from queries; beyond this number all are forgotten.
    private static let zonesMax = 256

    private let file: @Sendable (String) -> [UInt8]?
    private let zones = Mutex<[String: ZoneTable?]>([:])

    /// Creates a cache.
    ///
    /// - Parameter file: gives the content of a file of the system's zone database by its relative path.
    public init(file: @escaping @Sendable (String) -> [UInt8]?) {
        self.file = file
    }

    /// The zone of a name such as `Europe/Berlin`; UTC when there is none, as in sprig.
    public func zone(_ name: String) -> ZoneTable {
        if name.isEmpty || name == "UTC" || name == "Local" { return .utc }
        if let known = zones.withLock({ $0[name] }) { return known ?? .utc }
        let table = ZoneCache.isPlain(name) ? file(name).flatMap { ZoneTable(file: $0) } : nil
        zones.withLock { zones in
            if zones.count >= ZoneCache.zonesMax { zones.removeAll() }
            zones[name] = .some(table)
        }
        return table ?? .utc
    }

    /// Anything but plain names could lead outside the database.
    private static func isPlain(_ name: String) -> Bool {
        let isAllowed = name.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "/_+-".utf8.contains(byte)
        }
        return isAllowed && !name.hasPrefix("/") && name.utf8.count < 64
    }
}
