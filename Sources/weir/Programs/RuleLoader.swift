internal import Synchronization
internal import WeirAPI
internal import WeirAgent
internal import WeirConfig
internal import WeirModel
internal import WeirRules
internal import WeirSystem

/// Reads rules from where they are: files by pattern, Loki's folder, and what the API has written.
struct RuleLoader: Sendable {
    let configuration: RulerConfiguration
    /// The folder of the file that names the rules; patterns are relative to it.
    let base: String
    let files: any FileSystem
    let database: RuleDatabase?

    /// What was read.
    struct Result: Sendable {
        var groups: [RuleGroupDefinition] = []
        var diagnostics: [Diagnostic] = []

        var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

        mutating func add(_ file: RuleFile) {
            groups += file.groups
            diagnostics += file.diagnostics
        }

        mutating func fail(_ file: String, _ message: String) {
            diagnostics.append(Diagnostic(.error, file: file, line: 1, column: 1, keyPath: "", message: message))
        }
    }

    /// Reads everything.
    func load() -> Result {
        var result = Result()
        for pattern in configuration.files { load(pattern: pattern, into: &result) }
        if let folder = configuration.folder { load(folder: absolute(folder), into: &result) }
        do {
            for group in try database?.writtenGroups() ?? [] {
                result.add(
                    RuleFile.readGroup(group.yaml, namespace: group.key.namespace, tenant: group.key.tenant))
            }
        } catch {
            result.fail("rules.db", "\(error)")
        }
        return result
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") || base.isEmpty ? path : base + "/" + path
    }

    private func load(pattern: String, into result: inout Result) {
        let path = absolute(pattern)
        let found = Glob(path).expand(on: files).files.keys.sorted()
        if found.isEmpty, !pattern.contains(where: { "*?[{".contains($0) }) {
            result.fail(path, "no such file of rules")
        }
        for path in found { load(file: path, namespace: path, tenant: .default, into: &result) }
    }

    /// `<folder>/<tenant>/<file>`; files beside the tenants' folders are the default tenant's.
    private func load(folder: String, into result: inout Result) {
        let names: [String]
        do {
            names = try files.list(folder)
        } catch {
            // Loki starts without it, and an empty installation has none.
            if error.code != FileError.noEntry { result.fail(folder, "\(error)") }
            return
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = folder + "/" + name
            guard (try? files.status(path))??.isFolder == true else {
                if name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
                    load(file: path, namespace: name, tenant: .default, into: &result)
                }
                continue
            }
            for file in ((try? files.list(path)) ?? []).sorted() where !file.hasPrefix(".") {
                load(file: path + "/" + file, namespace: file, tenant: Tenant(name), into: &result)
            }
        }
    }

    private func load(file path: String, namespace: String, tenant: Tenant, into result: inout Result) {
        do {
            let text = String(decoding: try files.contents(of: path), as: UTF8.self)
            result.add(RuleFile.read(text, file: path, namespace: namespace, tenant: tenant))
        } catch {
            result.fail(path, "\(error)")
        }
    }
}
