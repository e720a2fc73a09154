internal import FoundationEssentials
internal import WeirAlerts
internal import WeirConfig
internal import WeirSystem
internal import WeirTemplate

/// `alertmanager.yml` with the templates that it names, as they are on disk now.
struct AlertingFiles {
    /// What the files say.
    let configuration: AlertingConfiguration
    /// The default templates and those of the files.
    let templates: NotificationTemplates
    /// Remarks to show.
    let diagnostics: [Diagnostic]

    /// Reads the files.
    ///
    /// - Throws: ``StartFailure`` when there is nothing that can be used.
    static func read(_ options: AlertingOptions, serverURL: String, zones: ZoneCache) throws(StartFailure) -> Self {
        let clock = SystemClock()
        var templates = NotificationTemplates(now: { clock.now() }, zones: zones)
        guard let path = options.file else {
            var configuration = AlertingConfiguration()
            configuration.externalURL = options.externalURL ?? serverURL
            return AlertingFiles(configuration: configuration, templates: templates, diagnostics: [])
        }
        let text: String
        do { text = String(decoding: try PosixFileSystem().contents(of: path), as: UTF8.self) } catch {
            throw StartFailure("cannot read alerting.config_file: \(error)")
        }
        let file = AlertmanagerFile.read(text, file: path, environment: ProcessInfo.processInfo.environment)
        var diagnostics = file.diagnostics
        guard file.isUsable else {
            throw StartFailure(diagnostics.map { "\($0)" }.joined(separator: "\n") + "\n\(path) cannot be used")
        }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        for pattern in file.configuration.templateFiles {
            let full = pattern.hasPrefix("/") || folder.isEmpty ? pattern : folder + "/" + pattern
            for found in FilePattern.matches(full) {
                do {
                    let text = String(decoding: try PosixFileSystem().contents(of: found), as: UTF8.self)
                    try templates.add(text, name: found)
                } catch {
                    let reason = (error as? TemplateError)?.message ?? "\(error)"
                    diagnostics.append(
                        Diagnostic(.error, file: found, line: 1, column: 1, keyPath: "", message: "left out: \(reason)")
                    )
                }
            }
        }
        var configuration = file.configuration
        configuration.externalURL = options.externalURL ?? serverURL
        return AlertingFiles(configuration: configuration, templates: templates, diagnostics: diagnostics)
    }
}

/// Paths whose last part may hold `*` and `?`.
enum FilePattern {
    static func matches(_ pattern: String) -> [String] {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, last.contains("*") || last.contains("?") else { return [pattern] }
        let folder = parts.dropLast().joined(separator: "/")
        let base = folder.isEmpty ? (pattern.hasPrefix("/") ? "/" : ".") : folder
        let names = (try? PosixFileSystem().list(base)) ?? []
        return names.filter { isMatch(Array($0.utf8)[...], Array(last.utf8)[...]) }
            .map { folder.isEmpty && !pattern.hasPrefix("/") ? $0 : folder + "/" + $0 }
    }

    private static func isMatch(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == UInt8(ascii: "*") {
            return (0...name.count).contains { isMatch(name.dropFirst($0), pattern.dropFirst()) }
        }
        guard let byte = name.first, first == UInt8(ascii: "?") || first == byte else { return false }
        return isMatch(name.dropFirst(), pattern.dropFirst())
    }
}
