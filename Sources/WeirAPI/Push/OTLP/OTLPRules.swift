public import WeirModel

/// `otlp_config`: which OpenTelemetry attributes become labels of the stream, which structured metadata, which nothing.
public struct OTLPRules: Sendable {
    /// What becomes of an attribute.
    public enum Action: String, Sendable, CaseIterable {
        /// A label of the stream; not for attributes of scopes.
        case indexLabel = "index_label"
        /// Structured metadata.
        case structuredMetadata = "structured_metadata"
        /// Nothing.
        case drop
    }

    /// One entry of an `attributes_config`.
    public struct Rule: Sendable {
        /// What is done.
        public var action: Action
        /// To attributes of these names.
        public var attributes: Set<String>
        /// And to those whose whole name matches; a matcher, because that is what knows patterns.
        public var pattern: Matcher?

        /// Creates a rule.
        public init(action: Action, attributes: Set<String> = [], pattern: Matcher? = nil) {
            self.action = action
            self.attributes = attributes
            self.pattern = pattern
        }

        func covers(_ name: String) -> Bool {
            attributes.contains(name) || pattern?.accepts(name) == true
        }
    }

    /// A pattern of names; nil when it is no regular expression.
    public static func pattern(_ text: String) -> Matcher? {
        try? Matcher("attribute", .matches, text)
    }

    /// `resource_attributes.attributes_config`, before the defaults.
    public var resource: [Rule] = []
    /// `resource_attributes.ignore_defaults`: whether the usual labels are none.
    public var ignoresDefaults = false
    /// `scope_attributes`.
    public var scope: [Rule] = []
    /// `log_attributes`.
    public var record: [Rule] = []
    /// `severity_text_as_label`.
    public var makesSeverityLabel = false

    /// Creates Loki's defaults.
    public init() {}

    /// Attributes of the resource that become labels, as Loki's `default_resource_attributes_as_index_labels`.
    static let labelAttributes: Set<String> = [
        "service.name", "service.namespace", "service.instance.id", "deployment.environment",
        "deployment.environment.name", "cloud.region", "cloud.availability_zone", "k8s.cluster.name",
        "k8s.namespace.name", "k8s.pod.name", "k8s.container.name", "container.name", "k8s.replicaset.name",
        "k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name", "k8s.cronjob.name", "k8s.job.name",
    ]

    /// Whether attributes of records need no look at their names.
    var leavesRecordsAlone: Bool { record.isEmpty }

    /// What becomes of an attribute.
    func action(of name: String, owner: OTLPMapping.Owner) -> Action {
        let rules =
            switch owner {
            case .resource: resource
            case .scope: scope
            case .record: record
            }
        if let rule = rules.first(where: { $0.covers(name) }) {
            return owner == .scope && rule.action == .indexLabel ? .structuredMetadata : rule.action
        }
        let isDefault = owner == .resource && !ignoresDefaults && OTLPRules.labelAttributes.contains(name)
        return isDefault ? .indexLabel : .structuredMetadata
    }
}
