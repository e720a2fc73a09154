internal import WeirBytes
package import WeirModel
internal import WeirSystem

/// What Docker says about a container in `config.v2.json`, beside its log.
package struct ContainerDirectory: Sendable, Hashable {
    /// The container's id, 64 hexadecimal digits.
    package var id = ""
    /// The name without the slash that Docker puts in front.
    package var name = ""
    /// The image as it was named when the container was made.
    package var image = ""
    /// The container's own labels.
    package var labels: [String: String] = [:]

    /// Reads the text of a `config.v2.json`; nil when it is no JSON object.
    package init?(json: [UInt8]) {
        let isSound = json.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                try read(&scanner)
                return true
            } catch {
                return false
            }
        }
        guard isSound else { return nil }
    }

    /// Reads what lies beside the log at `path`; nil when it is no container's log.
    init?(besideLog path: String, on files: any FileSystem) {
        guard let folder = FolderPath.parent(of: path),
            let text = try? files.contents(of: folder + "/config.v2.json")
        else { return nil }
        self.init(json: text)
    }

    /// The labels for relabelling, `__meta_docker_container_*`.
    package var metaLabels: [Label] {
        var meta = [
            Label("__meta_docker_container_id", id),
            // Promtail's name has Docker's slash in front, and its users' rules cut it off.
            Label("__meta_docker_container_name", "/" + name),
            Label("__meta_docker_container_image", image),
        ]
        for (name, value) in labels {
            meta.append(Label("__meta_docker_container_label_" + ContainerDirectory.labelName(name), value))
        }
        return meta
    }

    /// The labels that streams of Docker's own source get.
    package var streamLabels: [Label] {
        let pairs = [
            ("container", name), ("image", image),
            ("compose_project", labels["com.docker.compose.project"] ?? ""),
            ("compose_service", labels["com.docker.compose.service"] ?? ""),
        ]
        return pairs.filter { !$0.1.isEmpty }.map { Label($0.0, $0.1) }
    }

    /// A name with everything that a label may not have replaced by `_`.
    private static func labelName(_ name: String) -> String {
        String(
            decoding: name.utf8.map { Label.isValidName("a" + String(UnicodeScalar($0))) ? $0 : 0x5f }, as: UTF8.self)
    }

    private mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
        try ContainerDirectory.members(&scanner) { (key, scanner) throws(JSONError) in
            switch key {
            case "ID": id = try ContainerDirectory.string(&scanner)
            case "Name":
                let text = try ContainerDirectory.string(&scanner)
                name = text.hasPrefix("/") ? String(text.dropFirst()) : text
            case "Config": try readConfig(&scanner)
            default: try scanner.skipValue()
            }
        }
    }

    private mutating func readConfig(_ scanner: inout JSONScanner) throws(JSONError) {
        try ContainerDirectory.members(&scanner) { (key, scanner) throws(JSONError) in
            switch key {
            case "Image": image = try ContainerDirectory.string(&scanner)
            case "Labels" where scanner.peek() == UInt8(ascii: "{"):
                try ContainerDirectory.members(&scanner) { (name, scanner) throws(JSONError) in
                    labels[name] = try ContainerDirectory.string(&scanner)
                }
            default: try scanner.skipValue()
            }
        }
    }

    /// Calls `body` with every key, the scanner standing at its value.
    private static func members(
        _ scanner: inout JSONScanner, _ body: (String, inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        try scanner.expect(UInt8(ascii: "{"))
        if scanner.take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try scanner.decoded(try scanner.string())
            try scanner.expect(UInt8(ascii: ":"))
            try body(key, &scanner)
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"))
    }

    /// A string's text; anything else counts as empty.
    private static func string(_ scanner: inout JSONScanner) throws(JSONError) -> String {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            try scanner.skipValue()
            return ""
        }
        return try scanner.decoded(try scanner.string())
    }
}
