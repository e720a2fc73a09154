public import WeirTemplate

/// What templates outside of queries share with those inside: the functions, and zones of time.
public enum TemplateLibrary {
    /// Loki's functions by name, as `line_format` has them.
    ///
    /// `__line__` and `__timestamp__` take the first and the second value of the rendering's environment, which must
    /// hold both.
    ///
    /// - Parameters:
    ///   - now: the clock, in nanoseconds since 1970 UTC.
    ///   - zoneFile: gives a file of the system's zone database by its relative path.
    public static func functions(
        now: @escaping @Sendable () -> Int64, zoneFile: @escaping @Sendable (String) -> [UInt8]?
    ) -> [String: TemplateFunction] {
        TemplateFunctions.all(now: now, zones: ZoneCache(file: zoneFile))
    }

    /// Reads a file of the zone database; nil when it is none.
    ///
    /// - Returns: a function from the time that a clock in the zone shows, in seconds since 1970 as if it were UTC, to
    ///   the zone's offset and short name at that time: what `GoLayout.parse` asks for.
    public static func zone(file: [UInt8]) -> (@Sendable (Int64) -> (offsetSeconds: Int, name: String))? {
        guard let table = ZoneTable(file: file) else { return nil }
        return { table.offset(atLocal: $0) }
    }
}
