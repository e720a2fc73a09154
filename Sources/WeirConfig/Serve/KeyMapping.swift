internal import Yams

/// What becomes of each key of a file.
public struct KeyMapping: Sendable, Hashable {
    /// What became of it.
    public enum Fate: String, Sendable {
        /// It does what it says.
        case applied
        /// It does nothing, and nothing is lost.
        case ignored
        /// It does not do what it asks for, or not all of it.
        case warning
        /// The file cannot be used because of it.
        case error
    }

    /// The path of keys.
    public var path: String
    /// The line, from 1.
    public var line: Int
    /// What became of it.
    public var fate: Fate
    /// Why, unless it was applied.
    public var reason: String

    /// Every key of a server's file that has a value, in the order of the file, with what becomes of it.
    ///
    /// - Parameter diagnostics: the remarks of reading the file.
    public static func all(of text: String, _ diagnostics: [Diagnostic]) -> [KeyMapping] {
        guard let root = try? compose(yaml: text) else { return [] }
        var found: [KeyMapping] = []
        collect(root, path: "", line: 1, &found)
        return found.map { entry in
            var entry = entry
            // A remark about a section is about all keys in it.
            let remarks = diagnostics.filter { remark in
                entry.path == remark.keyPath || entry.path.hasPrefix(remark.keyPath + ".")
                    || entry.path.hasPrefix(remark.keyPath + "[") || remark.keyPath.hasPrefix(entry.path + "[")
            }
            for remark in remarks {
                let fate: Fate =
                    switch remark.severity {
                    case .error: .error
                    case .warning: .warning
                    case .note: remark.message.hasPrefix("has no effect") ? .ignored : .applied
                    }
                if entry.fate == .applied || fate == .error { entry.fate = fate }
                entry.reason = remark.message
            }
            return entry
        }
    }

    private static func collect(_ node: Node, path: String, line: Int, _ found: inout [KeyMapping]) {
        switch node {
        case .mapping(let mapping) where !mapping.isEmpty:
            for (key, value) in mapping {
                let name = key.string ?? ""
                let inner = path.isEmpty ? name : "\(path).\(name)"
                collect(value, path: inner, line: key.mark?.line ?? line, &found)
            }
        case .sequence(let sequence) where sequence.contains(where: { $0.mapping != nil }):
            for (index, element) in sequence.enumerated() {
                collect(element, path: "\(path)[\(index)]", line: element.mark?.line ?? line, &found)
            }
        default:
            guard !path.isEmpty else { return }
            found.append(KeyMapping(path: path, line: line, fate: .applied, reason: ""))
        }
    }
}
