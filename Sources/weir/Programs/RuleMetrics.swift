internal import WeirModel
internal import WeirRules

/// The rule engine under the names that Prometheus' dashboards look for.
enum RuleMetrics {
    static func families(_ engine: RuleEngine) -> [MetricFamily] {
        func family(_ name: String, _ help: String, _ kind: MetricFamily.Kind) -> MetricFamily {
            MetricFamily("prometheus_rule_" + name, help, kind)
        }
        var duration = family("group_last_duration_seconds", "How long the last evaluation took.", .gauge)
        var rules = family("group_rules", "Rules of a group.", .gauge)
        var iterations = family("group_iterations_total", "Evaluations of a group.", .counter)
        var missed = family(
            "group_iterations_missed_total", "Evaluations left out because one took too long.", .counter)
        var failures = family("evaluation_failures_total", "Evaluations of rules that failed.", .counter)
        for group in engine.groups {
            let key = group.definition.key
            let labels: LabelSet = ["rule_group": "\(key.namespace);\(key.name)"]
            duration.add(labels, Double(group.evaluationNanoseconds) / 1e9)
            rules.add(labels, Double(group.members.count))
            iterations.add(labels, Double(group.iterations))
            missed.add(labels, Double(group.iterationsMissed))
            failures.add(labels, Double(group.members.reduce(0) { $0 + $1.failures }))
        }
        return [
            duration, rules, iterations, missed, failures,
            MetricFamily(
                "prometheus_notifications_sent_total", "Alerts handed to notifiers.", .counter,
                value: Double(engine.alertsSent)),
        ].filter { !$0.samples.isEmpty }
    }
}
