internal import Yams

/// Collects the remarks about one file while it is read.
final class Remarks {
    let file: String
    private(set) var list: [Diagnostic] = []

    init(file: String) {
        self.file = file
    }

    func add(
        _ severity: Diagnostic.Severity, _ place: Mark?, _ keyPath: String, _ message: String,
        replacement: String? = nil
    ) {
        list.append(
            Diagnostic(
                severity, file: file, line: place?.line ?? 1, column: place?.column ?? 1, keyPath: keyPath,
                message: message, replacement: replacement))
    }
}

/// Text of a file to a value whose parts know where they stand.
enum YAMLReader {
    /// Reads a whole configuration file: hands its top map to `apply`, and returns all remarks in the order of the keys.
    /// Keys that `apply` does not take are remarked on. With an environment, variables are replaced first; settings win
    /// over the file.
    static func readFile(
        _ text: String, file: String, environment: [String: String]?, settings: [Setting] = [],
        _ apply: (YAMLMap) -> Void
    ) -> [Diagnostic] {
        let remarks = Remarks(file: file)
        let expanded = environment.map { EnvironmentExpansion.expand(text, $0) } ?? text
        if let map = read(expanded, remarks, settings: settings)?.map {
            apply(map)
            map.finish()
        }
        return remarks.list
    }

    /// The file's first document; nil when it is empty, or no YAML, which is then remarked on.
    static func read(_ text: String, _ remarks: Remarks, settings: [Setting] = []) -> YAMLValue? {
        do {
            guard let node = SettingOverlay.apply(settings, to: try compose(yaml: text), remarks) else { return nil }
            return YAMLValue(node, keyPath: "", remarks)
        } catch let error as YamlError {
            report(error, remarks)
        } catch {
            remarks.add(.error, nil, "", "cannot be read as YAML: \(error)")
        }
        return nil
    }

    private static func report(_ error: YamlError, _ remarks: Remarks) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let hint = context.map { " \($0.text)" } ?? ""
            remarks.add(.error, mark, "", "not YAML: \(problem)\(hint)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.joined(separator: ", ")
            remarks.add(.error, context.mark, "", "the same key stands twice in one map: \(names)")
        case .reader(let problem, _, _, _):
            remarks.add(.error, nil, "", "not YAML: \(problem)")
        default:
            remarks.add(.error, nil, "", "not YAML: \(error)")
        }
    }
}
