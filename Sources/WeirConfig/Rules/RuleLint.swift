internal import LogQL
internal import WeirModel
public import WeirRules

/// Finds rules that load and yet cannot do what they were written for.
public struct RuleLint: Sendable {
    /// What was found, in order of the rules.
    public let remarks: [Diagnostic]

    /// Looks at groups; what one rule records is a source for all others.
    public init(_ groups: [RuleGroupDefinition]) {
        let recorded = Set(groups.flatMap(\.rules).filter { !$0.isAlerting }.map(\.name))
        var remarks: [Diagnostic] = []
        for group in groups {
            for rule in group.rules {
                guard let query = try? Query.parse(rule.expression), case .metric(let metric) = query else { continue }
                func add(_ severity: Diagnostic.Severity, _ message: String, _ replacement: String? = nil) {
                    remarks.append(
                        Diagnostic(
                            severity, file: group.key.namespace, line: max(1, rule.line), column: 1,
                            keyPath: rule.name, message: message, replacement: replacement))
                }
                RuleLint.sources(of: metric, recorded, add)
                RuleLint.shape(of: metric, rule, add)
                RuleLint.texts(of: rule, metric, group, add)
            }
        }
        self.remarks = remarks
    }

    private typealias Add = (Diagnostic.Severity, String, String?) -> Void

    /// Names of series that nothing here records.
    private static func sources(of query: MetricQuery, _ recorded: Set<String>, _ add: Add) {
        var missing: [String] = []
        for selector in query.sampleSelectors {
            guard let name = selector.name, !recorded.contains(name), !name.hasPrefix("ALERTS"),
                !missing.contains(name)
            else { continue }
            missing.append(name)
        }
        for name in missing {
            let origin = exporters.first { name.hasPrefix($0.prefix) }.map { ", usually of \($0.exporter)" } ?? ""
            add(
                .warning, "no rule here records `\(name)`\(origin), so this finds nothing unless something else does",
                nil)
        }
    }

    private static let exporters: [(prefix: String, exporter: String)] = [
        ("node_", "node_exporter"), ("container_", "cAdvisor"), ("pg_", "postgres_exporter"),
        ("redis_", "redis_exporter"), ("celery_", "a Celery exporter"), ("flask_", "prometheus_flask_exporter"),
        ("kube_", "kube-state-metrics"), ("http_", "the application's own /metrics"), ("up", "a scraping Prometheus"),
    ]

    /// Expressions that are empty, always true, or never.
    private static func shape(of query: MetricQuery, _ rule: Rule, _ add: Add) {
        query.visit { part in
            guard case .binary(let operation) = part else { return }
            if rule.isAlerting, operation.isLowerBound, operation.left.countsLines, !operation.left.hasFallback {
                add(
                    .warning, "without lines there is no sample, so this never fires when everything is silent",
                    "(\(operation.left) or vector(0)) \(operation.op.rawValue) \(operation.right)")
            }
            guard operation.op == .divide, operation.matching == nil else { return }
            if let left = operation.left.rawSelector, let right = operation.right.rawSelector,
                left.name == right.name, left != right
            {
                add(
                    .warning, "each series is divided by itself, so this is always 1; aggregate both sides first",
                    "sum(\(operation.left)) / sum(\(operation.right))")
            } else if operation.left.rawSelector != nil, operation.right.isOneGroup {
                add(
                    .warning,
                    "the left side has labels and the right side has none, so nothing ever matches; use `on ()` or "
                        + "group both sides alike", nil)
            }
        }
    }

    private static func texts(
        of rule: Rule, _ query: MetricQuery, _ group: RuleGroupDefinition, _ add: Add
    ) {
        guard case .alerting(_, _, let annotations) = rule.kind else { return }
        for label in rule.labels.labels where label.value.contains("$value") || label.value.contains(".Value") {
            add(.warning, "the label \(label.name) holds the value, so every evaluation makes another alert", nil)
        }
        let isPercentage = annotations.labels.contains { $0.value.contains("humanizePercentage") }
        if isPercentage, query.isRate {
            add(.warning, "the value is a rate per second, and an annotation shows it as a percentage", nil)
        }
        let severity = rule.labels["severity"] ?? group.labels["severity"] ?? ""
        if severity == "critical", annotations["runbook_url"] == nil {
            add(.note, "a critical alert without the annotation runbook_url", nil)
        }
    }
}

extension MetricQuery {
    /// Hands the expression and all its parts to `body`.
    fileprivate func visit(_ body: (MetricQuery) -> Void) {
        body(self)
        switch self {
        case .literal, .vector, .range, .samples: break
        case .aggregation(let syntax): syntax.operand.visit(body)
        case .binary(let syntax):
            syntax.left.visit(body)
            syntax.right.visit(body)
        case .labelReplace(let syntax): syntax.operand.visit(body)
        case .calculation(let syntax): syntax.operand.visit(body)
        case .subquery(let syntax): syntax.operand.visit(body)
        case .sampleWindow(let syntax): syntax.operand.visit(body)
        case .sampleFunction(let syntax): syntax.operand?.visit(body)
        }
    }

    /// Whether lines are counted anywhere.
    fileprivate var countsLines: Bool {
        var counts = false
        visit { part in
            if case .range(let range) = part, range.function != .absentOverTime { counts = true }
        }
        return counts
    }

    /// Whether something stands in for an empty answer.
    fileprivate var hasFallback: Bool {
        var has = false
        visit { part in
            if case .binary(let operation) = part, operation.op == .or { has = true }
        }
        return has
    }

    /// The selector of a series that reaches the operator with its own labels.
    fileprivate var rawSelector: SampleSelectorSyntax? {
        switch self {
        case .samples(let selector): selector
        case .sampleWindow(let window): window.operand.rawSelector
        case .calculation(let syntax): syntax.operand.rawSelector
        default: nil
        }
    }

    /// Whether the expression is one series without labels.
    fileprivate var isOneGroup: Bool {
        guard case .aggregation(let syntax) = self else { return false }
        switch syntax.function {
        case .topk, .bottomk, .sort, .sortDescending, .approximateTopK: return false
        default: return syntax.grouping == nil
        }
    }

    /// Whether the outermost value, thresholds aside, is a rate per second.
    fileprivate var isRate: Bool {
        switch self {
        case .range(let range): range.function == .rate || range.function == .bytesRate
        case .sampleWindow(let window): window.function == .rate || window.function == .irate
        case .aggregation(let syntax): syntax.operand.isRate
        case .binary(let syntax): syntax.op.isThreshold && syntax.left.isRate
        default: false
        }
    }
}

extension BinaryOperationSyntax {
    /// Whether something is to be small: `< 5`, `<= 5`, `== 0`.
    fileprivate var isLowerBound: Bool {
        guard case .literal(let bound) = right else { return false }
        return op == .less || op == .lessOrEqual || (op == .equal && bound == 0)
    }
}

extension BinaryOperationSyntax.Operator {
    fileprivate var isThreshold: Bool {
        switch self {
        case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual: true
        default: false
        }
    }
}
