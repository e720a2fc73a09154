/// Where alerts go (`alerting`): to the notifier in this process, to others, or both.
public struct AlertingOptions: Sendable, Hashable {
    /// `config_file`: the path of `alertmanager.yml`; nil for a notifier that keeps alerts and tells nobody.
    public var file: String?
    /// `external_url`: where people find this program; nil for the server's own address.
    public var externalURL: String?
    /// `built_in`: whether the notifier in this process gets them too.
    public var isBuiltIn = true
    /// `listen`: the address of an extra listener that speaks Alertmanager's API only; nil for none.
    public var listen: String?

    /// Creates the defaults.
    public init() {}
}
