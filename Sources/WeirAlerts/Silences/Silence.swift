public import WeirModel

/// Matchers with a time: alerts that fulfil all of them are not told meanwhile.
public struct Silence: Sendable, Hashable {
    /// A UUID.
    public var id: String
    /// What a silenced alert fulfils.
    public var matchers: [Matcher]
    /// From when on.
    public var startsAt: Timestamp
    /// Until when, this instant not included.
    public var endsAt: Timestamp
    /// When it was last changed.
    public var updatedAt: Timestamp
    /// Who made it.
    public var createdBy: String
    /// Why.
    public var comment: String

    /// Where a silence is in its life.
    public enum State: String, Sendable, Hashable {
        /// It will begin.
        case pending
        /// It silences.
        case active
        /// It is over.
        case expired
    }

    /// Creates a silence; ``SilenceStore/set(_:at:newID:)`` checks it.
    public init(
        id: String = "", matchers: [Matcher], startsAt: Timestamp, endsAt: Timestamp,
        updatedAt: Timestamp = Timestamp(nanoseconds: 0), createdBy: String = "", comment: String = ""
    ) {
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.updatedAt = updatedAt
        self.createdBy = createdBy
        self.comment = comment
    }

    /// Its state at an instant.
    public func state(at instant: Timestamp) -> State {
        if instant < startsAt { return .pending }
        return instant < endsAt ? .active : .expired
    }

    /// Whether it concerns an alert, whatever the time.
    public func concerns(_ labels: LabelSet) -> Bool { matchers.allSatisfy { $0.accepts(labels) } }
}

/// Why a silence cannot be set, in Alertmanager's words.
public enum SilenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no silence with this id.
    case notFound(id: String)
    /// The end is not behind the start.
    case endsBeforeStart
    /// The end has passed.
    case endsInThePast
    /// It would silence everything, or nothing.
    case invalid(String)

    /// `end time can't be in the past`
    public var description: String {
        switch self {
        case .notFound: "silence not found"
        case .endsBeforeStart: "start time must be before end time"
        case .endsInThePast: "end time can't be in the past"
        case .invalid(let reason): "silence invalid: \(reason)"
        }
    }
}
