internal import WeirAlerts
internal import WeirModel

/// All endpoints of the API: finds the one that a request means, runs it and counts it.
public struct EndpointTable: Sendable {
    private let exact: [String: Endpoint]
    private let patterns: [Pattern]
    private let counters: RequestCounters
    private let now: @Sendable () -> Timestamp

    /// An endpoint whose path has captures.
    private struct Pattern {
        let segments: [Substring]
        let endpoint: Endpoint
    }

    /// Creates the table of a server.
    public init(services: APIServices) {
        let counters = RequestCounters()
        let reception = PushReception(sink: services.sink, counters: counters)
        let metrics = MetricsEndpoint(
            sources: services.metricSources + [{ counters.families() }, { services.tails.families() }])
        let groups: [[Endpoint]] = [
            PushEndpoint(services: services, reception: reception).endpoints,
            OTLPEndpoint(services: services, reception: reception).endpoints,
            BulkEndpoint(services: services, reception: reception).endpoints,
            QueryEndpoints(services: services).endpoints, ExplainEndpoint(services: services).endpoints,
            LabelEndpoints(services: services).endpoints, VolumeEndpoints(services: services).endpoints,
            DetectedEndpoints(services: services).endpoints, TailDoor(services: services).endpoints,
            OperationEndpoints(services: services).endpoints, ExportEndpoint(services: services).endpoints,
            LimitEndpoints(services: services).endpoints, LogLevelEndpoint(services: services).endpoints,
            RuleEndpoints(services: services).endpoints, PrometheusEndpoints(services: services).endpoints,
            BacktestEndpoint(services: services).endpoints,
            ReloadEndpoint(services: services).endpoints, PatternsEndpoint(services: services).endpoints,
            metrics.endpoints,
            BackupEndpoint(services: services).endpoints, DeleteEndpoints(services: services).endpoints,
            services.alerting.map { service in
                LegacyAlertEndpoints(service: service, services: services).endpoints
                    + EndpointTable.alerting(service, services)
            } ?? [],
        ]
        self.init(endpoints: groups.flatMap { $0 }, counters: counters, now: services.now)
    }

    /// Creates the table of a listener that answers as Alertmanager does and nothing else.
    public init(alertmanagerOf services: APIServices) {
        let counters = RequestCounters()
        var endpoints = MetricsEndpoint(sources: services.metricSources).endpoints
        if let service = services.alerting {
            endpoints += LegacyAlertEndpoints(service: service, services: services).allEndpoints
            endpoints += NotifierEndpoints(service: service, services: services).operations
            endpoints += EndpointTable.alerting(service, services)
        }
        self.init(endpoints: endpoints, counters: counters, now: services.now)
    }

    private static func alerting(_ service: AlertService, _ services: APIServices) -> [Endpoint] {
        AlertEndpoints(service: service, services: services).endpoints + SilenceEndpoints(service: service).endpoints
            + NotifierEndpoints(service: service, services: services).endpoints
    }

    init(endpoints: [Endpoint], counters: RequestCounters, now: @escaping @Sendable () -> Timestamp) {
        var exact: [String: Endpoint] = [:]
        var patterns: [Pattern] = []
        for endpoint in endpoints {
            if endpoint.path.contains("{") {
                patterns.append(Pattern(segments: EndpointTable.segments(endpoint.path), endpoint: endpoint))
            } else {
                precondition(exact[endpoint.path] == nil, "two endpoints at \(endpoint.path)")
                exact[endpoint.path] = endpoint
            }
        }
        self.exact = exact
        self.patterns = patterns
        self.counters = counters
        self.now = now
    }

    /// Every path with its methods, for what tries them all.
    package var routes: [(path: String, methods: [String])] {
        (Array(exact.values) + patterns.map(\.endpoint)).map { ($0.path, $0.methods) }.sorted { $0.path < $1.path }
    }

    /// Answers a request. An unknown path is 404, a known one with another method 405.
    public func respond(to request: APIRequest) async -> APIResponse {
        let start = now()
        guard let (endpoint, captures) = find(request.path) else {
            let response = APIResponse.text("404 page not found", status: 404)
            counters.count(route: "other", method: request.method, status: 404, nanoseconds: 0)
            return response
        }
        var response: APIResponse
        let method = request.method == "HEAD" ? "GET" : request.method
        if endpoint.methods.contains(method) {
            response = await endpoint.handler(request, captures)
            if request.method == "HEAD" { (response.body, response.stream) = ([], nil) }
        } else {
            response = APIResponse(status: 405, headers: [("Allow", endpoint.methods.joined(separator: ", "))])
        }
        let elapsed = max(0, now().nanoseconds - start.nanoseconds)
        counters.count(route: endpoint.path, method: request.method, status: response.status, nanoseconds: elapsed)
        return response
    }

    private func find(_ path: String) -> (Endpoint, [String: String])? {
        if let endpoint = exact[path] { return (endpoint, [:]) }
        let segments = EndpointTable.segments(path)
        for pattern in patterns {
            if let captures = EndpointTable.captures(of: pattern.segments, in: segments) {
                return (pattern.endpoint, captures)
            }
        }
        return nil
    }

    private static func segments(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func captures(of pattern: [Substring], in segments: [Substring]) -> [String: String]? {
        guard pattern.count == segments.count else { return nil }
        var captures: [String: String] = [:]
        for (expected, actual) in zip(pattern, segments) {
            if expected.hasPrefix("{") {
                guard !actual.isEmpty else { return nil }
                captures[String(expected.dropFirst().dropLast())] = String(actual)
            } else if expected != actual {
                return nil
            }
        }
        return captures
    }
}
