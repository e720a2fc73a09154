public import WeirModel

/// A receiver of pushes of other agents (`loki_push_api:`).
public struct PushReceiverConfiguration: Sendable, Hashable {
    /// The address (`server.http_listen_address`).
    public var address = "127.0.0.1"
    /// The port (`server.http_listen_port`).
    public var port = 3500
    /// Whether entries keep their time instead of getting that of their arrival (`use_incoming_timestamp`).
    public var usesIncomingTimestamp = false
    /// Labels of every entry, besides its own (`labels`).
    public var labels = LabelSet.empty

    /// Creates the defaults.
    public init() {}
}
