public import WeirModel

/// A reader of the machine's journal (`journal:`), through `journalctl`.
public struct JournalConfiguration: Sendable, Hashable {
    /// Whether the line is the whole entry as JSON instead of its message (`json`).
    public var keepsWholeEntry = false
    /// How far back the first run reads (`max_age`).
    public var ageMax: Duration = .seconds(7 * 3600)
    /// Labels of every entry (`labels`).
    public var labels = LabelSet.empty
    /// The folder of the journal; empty takes the machine's (`path`).
    public var path = ""
    /// What entries must match, such as `_TRANSPORT=kernel` (`matches`).
    public var matches: [String] = []

    /// Creates the defaults.
    public init() {}
}
