/// Where a job's lines come from when not from files.
public enum ReceiverConfiguration: Sendable, Hashable {
    /// Messages of the syslog protocol (`syslog:`).
    case syslog(SyslogConfiguration)
    /// Pushes of other agents (`loki_push_api:`).
    case push(PushReceiverConfiguration)
    /// The machine's journal (`journal:`).
    case journal(JournalConfiguration)
}
