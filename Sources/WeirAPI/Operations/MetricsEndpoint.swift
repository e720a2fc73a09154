internal import WeirModel

/// `/metrics`: the program's own metrics, gathered when asked.
struct MetricsEndpoint: Sendable {
    private let sources: [@Sendable () -> [MetricFamily]]

    init(sources: [@Sendable () -> [MetricFamily]]) {
        self.sources = sources
    }

    var endpoints: [Endpoint] {
        [Endpoint(["GET"], "/metrics") { _, _ in metrics() }]
    }

    private func metrics() -> APIResponse {
        let text = MetricExposition.text(sources.flatMap { $0() })
        return APIResponse(
            status: 200, headers: [("Content-Type", MetricExposition.contentType)], body: Array(text.utf8))
    }
}
