public import WeirModel

/// What is added to rows on ingest. The same rules over the same body give the same rows, so a body in the WAL needs
/// only its rules to be read again.
public struct DiscoveryRules: Sendable, Hashable {
    /// The labels that may name the service, first present wins; empty adds no `service_name`.
    public var serviceNameLabels: [String]
    /// Whether each row gets a `detected_level`.
    public var levels: Bool

    /// Creates rules.
    public init(serviceNameLabels: [String], levels: Bool) {
        self.serviceNameLabels = serviceNameLabels
        self.levels = levels
    }

    /// The rules of the limits.
    public init(_ limits: PushLimits) {
        self.init(serviceNameLabels: limits.serviceNameLabels, levels: limits.discoversLevels)
    }

    /// The rules that an encoding stands for.
    public init(_ encoding: EncodedBody.Encoding) {
        self.init(
            serviceNameLabels: encoding.discoversService ? PushLimits.serviceNameLabelsDefault : [],
            levels: encoding.discoversLevels)
    }

    /// The encoding that stands for these rules; nil when the list of service labels is none it knows.
    public func encoding(isJSON: Bool) -> EncodedBody.Encoding? {
        guard serviceNameLabels.isEmpty || serviceNameLabels == PushLimits.serviceNameLabelsDefault else { return nil }
        return EncodedBody.Encoding(
            isJSON: isJSON, discoversService: !serviceNameLabels.isEmpty, discoversLevels: levels)
    }

    /// The labels with `service_name`, if the rules ask for it and it is missing.
    func addingServiceName(to labels: LabelSet) -> LabelSet {
        guard !serviceNameLabels.isEmpty, labels["service_name"] == nil else { return labels }
        var labels = labels
        for name in serviceNameLabels {
            guard let value = labels[name] else { continue }
            labels["service_name"] = value
            return labels
        }
        labels["service_name"] = "unknown_service"
        return labels
    }
}
