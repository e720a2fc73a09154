internal import WeirAgent

/// Reads the `metrics` stage: a map from names to what is counted.
enum AgentMetricsReader {
    private typealias Metric = StageConfiguration.Metric

    static func read(_ value: YAMLValue) -> StageConfiguration? {
        guard let map = value.map else { return nil }
        let metrics = map.keys.compactMap { name in map.presentValue(name).flatMap { metric(name, $0) } }
        return .metrics(metrics)
    }

    private static func metric(_ name: String, _ value: YAMLValue) -> Metric? {
        guard let map = value.map else { return nil }
        defer { map.finish() }
        guard let kind = map.choice("type", Metric.Kind.self) else {
            value.remark(.error, "the metric needs a type: Counter, Gauge or Histogram")
            return nil
        }
        var metric = Metric(name: name, kind: kind, action: kind == .histogram ? .observe : .increase)
        if let help = map.value("description")?.text { metric.help = help }
        if let prefix = map.value("prefix")?.text, !prefix.isEmpty { metric.prefix = prefix }
        metric.source = map.value("source")?.text
        if let idle = map.value("max_idle_duration")?.duration { metric.idleMax = idle }
        map.section("config") { section in
            metric.value = section.value("value")?.text
            switch kind {
            case .histogram:
                metric.buckets = (section.value("buckets")?.list ?? []).compactMap(\.number).sorted()
            case .counter:
                metric.matchesAll = section.value("match_all")?.flag ?? false
                metric.countsBytes = section.value("count_entry_bytes")?.flag ?? false
                metric.action = section.choice("action", CounterAction.self) == .add ? .add : .increase
            case .gauge:
                metric.action = gaugeAction(section)
            }
        }
        if metric.countsBytes, !(metric.matchesAll && metric.action == .add) {
            value.remark(.error, "count_entry_bytes needs match_all: true and action: add")
        }
        return metric
    }

    private enum CounterAction: String, CaseIterable {
        case inc
        case add
    }

    private enum GaugeAction: String, CaseIterable {
        case inc
        case dec
        case add
        case sub
        case set
    }

    private static func gaugeAction(_ section: YAMLMap) -> Metric.Action {
        switch section.choice("action", GaugeAction.self) {
        case .inc: return .increase
        case .dec: return .decrease
        case .add: return .add
        case .sub: return .subtract
        case .set: return .set
        case nil:
            section.remark(.error, key: "action", "a gauge needs an action: inc, dec, add, sub or set")
            return .set
        }
    }
}
