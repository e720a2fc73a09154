/// Who is told what and when: the part of `alertmanager.yml` that decides, without the forms on the wire.
public struct DispatcherConfiguration: Sendable {
    /// An integration as the decisions see it.
    public struct Recipient: Sendable, Hashable {
        /// Which one.
        public var id: IntegrationID
        /// Whether it is told that an alert ended.
        public var sendsResolved: Bool

        /// Creates a recipient.
        public init(id: IntegrationID, sendsResolved: Bool) {
            self.id = id
            self.sendsResolved = sendsResolved
        }
    }

    /// The tree of routes.
    public var route: Route
    /// Which alerts keep which others quiet.
    public var inhibitions: [InhibitionRule] = []
    /// The times that routes name.
    public var muteIntervals: [MuteInterval] = []
    /// The integrations of each receiver; one without any is a place where alerts end.
    public var recipients: [String: [Recipient]] = [:]
    /// After which time without news an alert is over, when its sender named no end.
    public var resolveTimeout = Duration.seconds(300)
    /// The most alerts that are kept; more are refused, so that a sender gone wild does not end the process.
    public var alertsMax = 100_000
    /// How many messages are under way to one integration at a time.
    public var inFlightMax = 4

    /// Creates a configuration that tells nobody.
    public init(route: Route = Route()) {
        self.route = route
    }

    /// The longest repeat interval of any route, in nanoseconds.
    public var repeatIntervalMax: Int64 { RouteTree(route).nodes.map(\.repeatInterval).max() ?? 0 }
}
