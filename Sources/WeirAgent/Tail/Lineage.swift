internal import WeirSystem

/// A path, and the files beside it that were at the path before: `app.log`, `app.log.1`, `app.log-20261121`.
struct Lineage {
    /// A file that was at the path before.
    struct Sibling {
        var path: String
        var status: FileStatus
        /// Whether rotation has packed it with gzip.
        var isArchive = false
    }

    /// What is at the path.
    let current: FileStatus?
    /// The files beside it, the oldest first.
    let siblings: [Sibling]

    /// Endings of files that are not read.
    private static let unreadableEndings = [".bz2", ".xz", ".zst", ".Z", ".lz4", ".tmp"]
    private static let archiveEnding = ".gz"

    /// Looks at the path's folder. One that cannot be read has no siblings.
    init(path: String, on files: any FileSystem) {
        current = (try? files.status(path)) ?? nil
        guard let folder = FolderPath.parent(of: path) else {
            siblings = []
            return
        }
        let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.index(after: $0)...]) } ?? path
        var found: [Sibling] = []
        let names = (try? files.list(folder)) ?? []
        for other in names {
            guard other.hasPrefix(name), let mark = other.dropFirst(name.count).first, mark == "." || mark == "-",
                !Lineage.unreadableEndings.contains(where: { other.hasSuffix($0) })
            else { continue }
            let isArchive = other.hasSuffix(Lineage.archiveEnding)
            // An archive beside the file it is made of is not whole yet.
            if isArchive, names.contains(String(other.dropLast(Lineage.archiveEnding.count))) { continue }
            let place = folder == "/" ? "/" + other : folder + "/" + other
            guard let status = try? files.status(place), !status.isFolder else { continue }
            found.append(Sibling(path: place, status: status, isArchive: isArchive))
        }
        siblings = Lineage.sorted(found)
    }

    /// By rotation's numbers where all have one, as packing a file makes it younger; else by time of writing.
    private static func sorted(_ found: [Sibling]) -> [Sibling] {
        let areNumbered = found.allSatisfy { (1...9_999).contains(number($0.path)) }
        return found.sorted { left, right in
            if !areNumbered, left.status.modified != right.status.modified {
                return left.status.modified < right.status.modified
            }
            // The larger number is older.
            return number(left.path) > number(right.path)
        }
    }

    /// The files that were at the path after the one given; those among them that were read already are for the caller
    /// to tell, by their heads.
    ///
    /// - Parameters:
    ///   - known: the newest file followed so far and when it was last written, as far as that was seen.
    ///   - followed: files that are open already.
    func rotated(
        after known: (identity: FileIdentity, modified: Int64)?, besides followed: Set<FileIdentity>
    ) -> [Sibling] {
        guard let known else { return [] }
        let place = siblings.firstIndex { FileIdentity($0.status) == known.identity }
        return siblings.enumerated().compactMap { index, sibling in
            // What is packed while it is followed is open under its old name.
            guard !sibling.isArchive else { return nil }
            guard !followed.contains(FileIdentity(sibling.status)) else { return nil }
            if let place { return index > place ? sibling : nil }
            // The newest one followed is deleted, and with it all older ones. Its last time of writing may be unknown,
            // and files that are rotated quickly have equal ones.
            return sibling.status.modified >= known.modified ? sibling : nil
        }
    }

    private static func number(_ path: String) -> Int {
        let name = path.hasSuffix(archiveEnding) ? path.dropLast(archiveEnding.count) : path[...]
        return Int(String(name.reversed().prefix { $0.isNumber }.reversed())) ?? 0
    }
}
