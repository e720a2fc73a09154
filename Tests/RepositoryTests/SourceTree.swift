import Foundation

/// The project's own files, as the rules of the house see them.
struct SourceTree {
    /// The folder that holds Package.swift.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file with its path below the root and its lines.
    struct SourceFile {
        let path: String
        let lines: [Substring]

        /// The folder below `Sources` or `Tests`: the target.
        var target: String { String(path.split(separator: "/")[1]) }
        /// The file's name without `.swift`.
        var name: String { String(path.split(separator: "/").last!.dropLast(6)) }
    }

    /// Every Swift file below a folder of the root.
    static func swiftFiles(in folder: String) throws -> [SourceFile] {
        let base = root.appendingPathComponent(folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8)
            return SourceFile(
                path: folder + "/" + path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}
