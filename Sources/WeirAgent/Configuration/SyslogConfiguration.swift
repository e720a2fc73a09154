public import WeirModel

/// A receiver of syslog messages (`syslog:`).
public struct SyslogConfiguration: Sendable, Hashable {
    /// How messages travel.
    public enum Transport: String, Sendable, Hashable, CaseIterable {
        /// A stream, with octet counts or newlines between messages.
        case tcp
        /// A message in each datagram.
        case udp
    }

    /// How messages are written.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// `<34>1 2026-11-21T06:42:13.003Z host app 77 ID47 [id name="value"] text`
        case rfc5424
        /// `<34>Nov 21 06:42:13 host app[77]: text`
        case rfc3164
    }

    /// The address (`listen_address`).
    public var address = "127.0.0.1"
    /// The port.
    public var port = 1514
    /// How messages travel (`listen_protocol`).
    public var transport = Transport.tcp
    /// How messages are written (`syslog_format`).
    public var format = Format.rfc5424
    /// How long a connection may be silent (`idle_timeout`).
    public var idleTimeout: Duration = .seconds(120)
    /// Whether structured data becomes labels for relabelling (`label_structured_data`).
    public var labelsStructuredData = false
    /// Whether an entry has the message's time instead of that of its arrival (`use_incoming_timestamp`).
    public var usesIncomingTimestamp = false
    /// Whether the line is the whole message instead of its text (`use_rfc5424_message`).
    public var keepsWholeMessage = false
    /// The longest message in bytes; of a longer one the start is taken (`max_message_length`).
    public var messageBytesMax = 8192
    /// Labels of every entry (`labels`).
    public var labels = LabelSet.empty
    /// Certificates; nil takes messages in the clear (`tls_config`).
    public var tls: TLSConfiguration?

    /// Creates the defaults.
    public init() {}
}
