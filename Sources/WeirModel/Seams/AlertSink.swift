/// Where alerts go: the built-in notifier, a client of an external one, or several of both.
///
/// A sender repeats what fires before its `endsAt` passes and says once, with an `endsAt` that has passed, that an alert
/// is over.
public protocol AlertSink: Sendable {
    /// Takes alerts. Returns when they are taken over; what goes wrong later is the sink's business.
    ///
    /// - Parameter alerts: in any order; of two with the same labels the later one is the newer.
    func receive(_ alerts: [Alert]) async
}
