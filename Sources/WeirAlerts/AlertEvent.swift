/// What whoever runs the program may want to know.
public enum AlertEvent: Sendable, CustomStringConvertible {
    /// A message was taken, or not.
    case attempted(DeliveryAttempt)
    /// State could not be saved; it is kept in memory and tried again.
    case unsaved(reason: String)

    /// `told team/slack[0] of {}:{alertname="Down"}: 1 firing, 0 resolved (first notification)`
    public var description: String {
        switch self {
        case .attempted(let attempt) where attempt.outcome == "delivered":
            "told \(attempt.key.integration) of \(attempt.key.groupKey): \(attempt.firing) firing, "
                + "\(attempt.resolved) resolved (\(attempt.reason))"
        case .attempted(let attempt):
            "\(attempt.key.integration) could not be told of \(attempt.key.groupKey): \(attempt.detail); "
                + (attempt.outcome == "postponed"
                    ? "it is tried again" : "it is tried again with the group's next turn")
        case .unsaved(let reason): "alerts cannot be saved: \(reason); a restart would forget the latest changes"
        }
    }

    /// Whether somebody should look.
    public var isTrouble: Bool {
        if case .attempted(let attempt) = self { return attempt.outcome != "delivered" }
        return true
    }
}
