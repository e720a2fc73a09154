internal import WeirSystem

/// A path, and the files beside it that were at the path before: `app.log`, `app.log.1`, `app.log-20261121`.
struct Lineage {
    /// A file that was at the path before.
    struct Sibling {
        var path: String
        var status: FileStatus
    }

    /// What is at the path.
    let current: FileStatus?
    /// The files beside it, the oldest first.
    let siblings: [Sibling]

    /// Endings of files that cannot be read as text any more.
    private static let compressedEndings = [".gz", ".bz2", ".xz", ".zst", ".Z", ".lz4", ".tmp"]

    /// Looks at the path's folder. One that cannot be read has no siblings.
    init(path: String, on files: any FileSystem) {
        current = (try? files.status(path)) ?? nil
        guard let folder = FolderPath.parent(of: path) else {
            siblings = []
            return
        }
        let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.index(after: $0)...]) } ?? path
        var found: [Sibling] = []
        for other in (try? files.list(folder)) ?? [] {
            guard other.hasPrefix(name), let mark = other.dropFirst(name.count).first, mark == "." || mark == "-",
                !Lineage.compressedEndings.contains(where: { other.hasSuffix($0) })
            else { continue }
            let place = folder == "/" ? "/" + other : folder + "/" + other
            guard let status = try? files.status(place), !status.isFolder else { continue }
            found.append(Sibling(path: place, status: status))
        }
        siblings = found.sorted { left, right in
            if left.status.modified != right.status.modified { return left.status.modified < right.status.modified }
            // Of two files written in the same instant, the one with the larger number is older.
            return Lineage.number(left.path) > Lineage.number(right.path)
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
            guard !followed.contains(FileIdentity(sibling.status)) else { return nil }
            if let place { return index > place ? sibling : nil }
            // The newest one followed is deleted, and with it all older ones. Its last time of writing may be unknown,
            // and files that are rotated quickly have equal ones.
            return sibling.status.modified >= known.modified ? sibling : nil
        }
    }

    private static func number(_ path: String) -> Int {
        Int(path.reversed().prefix { $0.isNumber }.reversed().map(String.init).joined()) ?? 0
    }
}
