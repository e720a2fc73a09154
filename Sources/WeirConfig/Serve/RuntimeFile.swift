internal import LogQL
public import WeirAPI

/// Loki's runtime configuration: limits of single tenants, read again while the server runs.
public struct RuntimeFile: Sendable {
    /// By tenant; what a tenant does not say is as in the server's file.
    public var overrides: [String: LimitTable.Limits] = [:]
    /// Remarks in the order of the file's keys.
    public var diagnostics: [Diagnostic] = []

    /// Whether there is no error among the remarks.
    public var isUsable: Bool { !diagnostics.contains { $0.severity == .error } }

    private static let ignored = [
        IgnoredKey("configs", "has no effect: log generation is configured by its own files"),
        IgnoredKey("multi_kv_config", "has no effect: there is no ring"),
    ]

    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - file: its path, for the remarks.
    ///   - server: the server's file, whose limits the overrides start from.
    public static func read(_ text: String, file: String, over server: ServeFile) -> RuntimeFile {
        var result = RuntimeFile()
        let remarks = YAMLReader.readFile(text, file: file, environment: nil) { map in
            map.section("overrides") { tenants in
                for tenant in tenants.keys {
                    var base = server
                    tenants.section(tenant) { section in
                        base.applyPushLimits(section)
                        base.applyQueryLimits(section)
                        section.ignore(LokiKeys.limits)
                    }
                    result.overrides[tenant] = LimitTable.Limits(push: base.push, query: base.query)
                }
            }
            map.ignore(ignored)
        }
        result.diagnostics = remarks
        return result
    }
}
