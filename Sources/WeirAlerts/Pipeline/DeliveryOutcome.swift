/// What became of an attempt to tell somebody.
public enum DeliveryOutcome: Sendable, Hashable {
    /// It was taken.
    case delivered(status: Int?)
    /// It was not, but may be later; `after` nanoseconds if the other side said when.
    case postponed(reason: String, after: Int64?)
    /// It will not be in this form; the next look at the group tries again.
    case refused(reason: String)
}
