/// Everything that `alertmanager.yml` says.
public struct AlertingConfiguration: Sendable {
    /// Who is told what and when. Its recipients follow from ``receivers``; see ``dispatching``.
    public var dispatcher: DispatcherConfiguration
    /// The integrations of each receiver in the order of the file.
    public var receivers: [(name: String, integrations: [any Integration])]
    /// Patterns of the files with templates, `*` standing for any part of a name.
    public var templateFiles: [String] = []
    /// The address under which people find this program; nil for that of the server.
    public var externalURL: String?

    /// Creates a configuration that keeps alerts and tells nobody.
    public init() {
        dispatcher = DispatcherConfiguration(route: Route(receiver: "none"))
        receivers = [("none", [])]
    }

    /// The part for decisions, with the recipients of all receivers.
    public var dispatching: DispatcherConfiguration {
        var complete = dispatcher
        for receiver in receivers {
            complete.recipients[receiver.name] = identified(receiver.name).map { id, integration in
                DispatcherConfiguration.Recipient(id: id, sendsResolved: integration.sendsResolved)
            }
        }
        return complete
    }

    /// The integrations of a receiver by their ids, counted per kind as in Alertmanager's log.
    public func identified(_ receiver: String) -> [(id: IntegrationID, integration: any Integration)] {
        var counts: [String: Int] = [:]
        return receivers.first { $0.name == receiver }?.integrations.map { integration in
            defer { counts[integration.kind, default: 0] += 1 }
            return (
                IntegrationID(receiver: receiver, kind: integration.kind, index: counts[integration.kind, default: 0]),
                integration
            )
        } ?? []
    }
}
