package import WeirSystem

/// A pattern of paths: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of folders. `*` and `?` stop at `/`.
package struct Glob: Sendable {
    /// The pattern as written.
    package let text: String

    /// The pattern with its alternatives written out, each as the parts between slashes.
    private let alternatives: [[[UInt8]]]

    /// How deep `**` goes at most; symbolic links could make a folder contain itself.
    private static let depthMax = 32
    /// How many alternatives the braces may make.
    private static let alternativesMax = 1000

    /// Prepares a pattern. One that makes more than 1,000 alternatives keeps the first 1,000.
    package init(_ text: String) {
        self.text = text
        alternatives = Glob.expandBraces(Array(text.utf8)).prefix(Glob.alternativesMax).map { pattern in
            pattern.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Array($0) }
        }
    }

    /// Whether a path fits.
    package func matches(_ path: String) -> Bool {
        let parts = Array(path.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(
            Array.init)
        return alternatives.contains { Glob.fits($0[...], parts[...]) }
    }

    /// What was found on the disk.
    package struct Expansion: Sendable {
        /// The files that fit, sorted.
        package var files: [String: FileStatus] = [:]
        /// The folders that were looked through; a new name in one of them may be a new file.
        package var folders: Set<String> = []
    }

    /// Finds the files that fit. Folders that cannot be read count as empty.
    package func expand(on files: any FileSystem) -> Expansion {
        var expansion = Expansion()
        for alternative in alternatives {
            let isAbsolute = alternative.first?.isEmpty == true
            walk(isAbsolute ? "/" : "", alternative[(isAbsolute ? 1 : 0)...], 0, files, &expansion)
        }
        return expansion
    }

    private func walk(
        _ folder: String, _ parts: ArraySlice<[UInt8]>, _ depth: Int, _ files: any FileSystem,
        _ expansion: inout Expansion
    ) {
        guard let part = parts.first, depth < Glob.depthMax else { return }
        let rest = parts.dropFirst()
        if part == Array("**".utf8) {
            // No folder at all first, then every folder, with the pattern as it is.
            if rest.isEmpty { walk(folder, [[UInt8(ascii: "*")]], depth + 1, files, &expansion) }
            walk(folder, rest, depth + 1, files, &expansion)
            for name in names(folder, files, &expansion) {
                let path = Glob.join(folder, name)
                guard (try? files.status(path))??.isFolder == true else { continue }
                walk(path, parts, depth + 1, files, &expansion)
            }
            return
        }
        if !Glob.hasWildcard(part) {
            let name = String(decoding: part, as: UTF8.self)
            if rest.isEmpty { expansion.folders.insert(folder.isEmpty ? "." : folder) }
            visit(name.isEmpty ? folder : Glob.join(folder, name), rest, depth, files, &expansion)
            return
        }
        for name in names(folder, files, &expansion) where Glob.fits(part[...], Array(name.utf8)[...]) {
            // A hidden file is meant only when the pattern says so.
            if name.hasPrefix("."), part.first != UInt8(ascii: ".") { continue }
            visit(Glob.join(folder, name), rest, depth, files, &expansion)
        }
    }

    private func visit(
        _ path: String, _ rest: ArraySlice<[UInt8]>, _ depth: Int, _ files: any FileSystem,
        _ expansion: inout Expansion
    ) {
        if !rest.isEmpty { return walk(path, rest, depth + 1, files, &expansion) }
        guard let status = try? files.status(path), !status.isFolder else { return }
        expansion.files[path] = status
    }

    private func names(_ folder: String, _ files: any FileSystem, _ expansion: inout Expansion) -> [String] {
        let place = folder.isEmpty ? "." : folder
        expansion.folders.insert(place)
        return (try? files.list(place)) ?? []
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    private static func hasWildcard(_ part: [UInt8]) -> Bool {
        part.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// Whether parts of a path fit parts of a pattern.
    private static func fits(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
        guard let part = pattern.first else { return path.isEmpty }
        if part == Array("**".utf8) {
            if pattern.count == 1 { return true }
            return path.indices.contains { fits(pattern.dropFirst(), path[$0...]) }
        }
        guard let name = path.first, fits(part[...], name[...]) else { return false }
        return fits(pattern.dropFirst(), path.dropFirst())
    }

    /// Whether a name fits one part of a pattern. A star remembers where it stands and tries again from there, so the
    /// time stays below the product of both lengths.
    private static func fits(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var position = pattern.startIndex
        var place = name.startIndex
        var star: (position: Int, place: Int)?
        while place < name.endIndex {
            if position < pattern.endIndex, pattern[position] == UInt8(ascii: "*") {
                star = (position + 1, place)
                position += 1
                continue
            }
            if position < pattern.endIndex, let next = one(pattern, position, name[place]) {
                position = next
                place += 1
                continue
            }
            guard let back = star else { return false }
            position = back.position
            place = back.place + 1
            star = (back.position, place)
        }
        return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Where the pattern goes on if its next item fits `byte`; nil if it does not.
    private static func one(_ pattern: ArraySlice<UInt8>, _ position: Int, _ byte: UInt8) -> Int? {
        switch pattern[position] {
        case UInt8(ascii: "?"): return position + 1
        case UInt8(ascii: "\\") where position + 1 < pattern.endIndex:
            return pattern[position + 1] == byte ? position + 2 : nil
        case UInt8(ascii: "["):
            // A bracket right behind the opening one is a member of the set, so the search begins one later.
            guard position + 2 < pattern.endIndex,
                let close = pattern[(position + 2)...].firstIndex(of: UInt8(ascii: "]"))
            else { break }
            return set(pattern[(position + 1)..<close], contains: byte) ? close + 1 : nil
        default: break
        }
        return pattern[position] == byte ? position + 1 : nil
    }

    private static func set(_ set: ArraySlice<UInt8>, contains byte: UInt8) -> Bool {
        var items = set
        let isNegated = items.first == UInt8(ascii: "!") || items.first == UInt8(ascii: "^")
        if isNegated { items = items.dropFirst() }
        var isIn = false
        while let low = items.popFirst() {
            var high = low
            if items.count >= 2, items.first == UInt8(ascii: "-") {
                items = items.dropFirst()
                high = items.removeFirst()
            }
            if low <= byte && byte <= high { isIn = true }
        }
        return isIn != isNegated
    }

    /// Writes out the first pair of braces and, by recursion, all others.
    private static func expandBraces(_ pattern: [UInt8]) -> [[UInt8]] {
        guard let open = pattern.firstIndex(of: UInt8(ascii: "{")) else { return [pattern] }
        var depth = 0
        var start = open + 1
        var choices: [ArraySlice<UInt8>] = []
        for index in open..<pattern.count {
            switch pattern[index] {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ",") where depth == 1:
                choices.append(pattern[start..<index])
                start = index + 1
            case UInt8(ascii: "}"):
                depth -= 1
                guard depth == 0 else { continue }
                choices.append(pattern[start..<index])
                return choices.flatMap { choice in
                    expandBraces(Array(pattern[..<open]) + choice + pattern[(index + 1)...])
                }
            default: break
            }
        }
        return [pattern]
    }
}
