internal import LogQL
internal import WeirSystem
internal import WeirTemplate

/// What stages take from outside when they are compiled.
struct StageResources: Sendable {
    /// The clock that templates ask, in nanoseconds since 1970 UTC.
    var now: @Sendable () -> Int64
    /// A file of the system's zone database by its relative path; nil when there is none.
    var zoneFile: @Sendable (String) -> [UInt8]?

    /// This machine's clock and zones.
    static let machine = StageResources(
        now: { SystemClock().now() },
        zoneFile: { try? PosixFileSystem().contents(of: "/usr/share/zoneinfo/" + $0) })

    /// Gives offset and name of a zone at the time that a clock there shows; nil when there is no such zone.
    func zone(_ name: String) -> TimestampStage.Zone? {
        if name == "UTC" { return { _ in (0, "UTC") } }
        guard !name.hasPrefix("/"), !name.contains("..") else { return nil }
        return zoneFile(name).flatMap { TemplateLibrary.zone(file: $0) }
    }
}
