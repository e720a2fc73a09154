/// Arithmetic on paths, without looking at the disk.
public enum FolderPath {
    /// The folder that holds `path`: `a/b` for `a/b/c`, `.` for `c`, `/` for `/c`; nil for the empty path.
    public static func parent(of path: String) -> String? {
        var rest = Substring(path)
        while rest.count > 1 && rest.last == "/" { rest.removeLast() }
        guard !rest.isEmpty else { return nil }
        guard let slash = rest.lastIndex(of: "/") else { return "." }
        let parent = rest[..<slash]
        return parent.isEmpty ? "/" : String(parent)
    }
}
