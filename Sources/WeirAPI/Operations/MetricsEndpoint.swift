internal import WeirBytes
internal import WeirModel

/// `/metrics`: the program's own metrics, gathered when asked; as OpenMetrics for those who prefer it. `/debug/figures`
/// shows what goes up and down as JSON: memory, queues, tails.
struct MetricsEndpoint: Sendable {
    private let sources: [@Sendable () -> [MetricFamily]]

    init(sources: [@Sendable () -> [MetricFamily]]) {
        self.sources = sources
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(["GET"], "/metrics") { request, _ in metrics(request) },
            Endpoint(["GET"], "/debug/figures") { _, _ in figures() },
        ]
    }

    private func metrics(_ request: APIRequest) -> APIResponse {
        let families = sources.flatMap { $0() }
        let wantsOpen = request.headers["accept"]?.contains("application/openmetrics-text") == true
        let text = wantsOpen ? MetricExposition.openMetrics(families) : MetricExposition.text(families)
        let type = wantsOpen ? MetricExposition.openMetricsContentType : MetricExposition.contentType
        return APIResponse(status: 200, headers: [("Content-Type", type)], body: Array(text.utf8))
    }

    private func figures() -> APIResponse {
        let gauges = sources.flatMap { $0() }.filter { $0.kind == .gauge }.sorted { $0.name < $1.name }
        var json = JSONWriter(reservingCapacity: 2048)
        json.raw("{")
        var isFirst = true
        for family in gauges {
            for sample in family.samples {
                json.raw(isFirst ? "" : ",")
                isFirst = false
                json.string(family.name + (sample.labels.isEmpty ? "" : sample.labels.description))
                json.raw(":")
                json.number(sample.value.isFinite ? sample.value : 0)
            }
        }
        json.raw("}\n")
        return .json(json.bytes)
    }
}
