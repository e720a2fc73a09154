internal import Yams

/// Puts settings over a file.
enum SettingOverlay {
    /// The file's top node with the settings in it. A setting whose value is no YAML, or that goes through something that
    /// is no map, is remarked on.
    static func apply(_ settings: [Setting], to node: Node?, _ remarks: Remarks) -> Node? {
        guard !settings.isEmpty else { return node }
        var root = node ?? Node.mapping(Node.Mapping([]))
        for setting in settings {
            let key = setting.path.joined(separator: ".")
            guard let value = try? compose(yaml: setting.value) ?? Node("") else {
                remarks.add(.error, nil, key, "\(setting.origin): the value is no YAML")
                continue
            }
            if !put(value, at: setting.path[...], in: &root) {
                remarks.add(.error, nil, key, "\(setting.origin): the file has a value where a map is needed")
            }
        }
        return root
    }

    private static func put(_ value: Node, at path: ArraySlice<String>, in node: inout Node) -> Bool {
        guard let key = path.first else { return false }
        if case .scalar(let scalar) = node, scalar.string.isEmpty { node = Node.mapping(Node.Mapping([])) }
        guard case .mapping(var mapping) = node else { return false }
        let rest = path.dropFirst()
        if rest.isEmpty {
            mapping[Node(key)] = value
        } else {
            var inner = mapping[Node(key)] ?? Node.mapping(Node.Mapping([]))
            guard put(value, at: rest, in: &inner) else { return false }
            mapping[Node(key)] = inner
        }
        node = .mapping(mapping)
        return true
    }
}
