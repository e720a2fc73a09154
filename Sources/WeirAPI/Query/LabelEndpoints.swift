internal import LogQL
internal import WeirBytes
internal import WeirModel

/// Which labels, values and streams there are.
struct LabelEndpoints: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        let names: Endpoint.Handler = { request, _ in await labelNames(request) }
        let values: Endpoint.Handler = { request, captures in await labelValues(captures["name"] ?? "", request) }
        let series: Endpoint.Handler = { request, _ in await matchingSeries(request) }
        return [
            Endpoint(Endpoint.asking, "/loki/api/v1/labels", names),
            Endpoint(Endpoint.asking, "/loki/api/v1/label", names),
            Endpoint(Endpoint.asking, "/api/prom/label", names),
            Endpoint(Endpoint.asking, "/loki/api/v1/label/{name}/values", values),
            Endpoint(Endpoint.asking, "/api/prom/label/{name}/values", values),
            Endpoint(Endpoint.asking, "/loki/api/v1/series", series),
            Endpoint(Endpoint.asking, "/api/prom/series", series),
        ]
    }

    private func labelNames(_ request: APIRequest) async -> APIResponse {
        do {
            let range = try range(request)
            let matchers = try matchers(QueryParameters(request).text("query"))
            let names = try await services.source.labelNames(tenant: request.tenant, matchers: matchers, range: range)
            // Names with two underscores are the program's own.
            return LabelEndpoints.list(names.filter { !$0.hasPrefix("__") })
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func labelValues(_ name: String, _ request: APIRequest) async -> APIResponse {
        do {
            let range = try range(request)
            let matchers = try matchers(QueryParameters(request).text("query"))
            let values = try await services.source.labelValues(
                of: name, tenant: request.tenant, matchers: matchers, range: range)
            return LabelEndpoints.list(values)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func matchingSeries(_ request: APIRequest) async -> APIResponse {
        do {
            let range = try range(request)
            let selectors = request.parameters("match[]") + request.parameters("match")
            var sets: Set<LabelSet> = []
            for selector in selectors.isEmpty ? ["{}"] : selectors {
                let found = try await services.source.series(
                    tenant: request.tenant, matchers: try matchers(selector), range: range)
                sets.formUnion(found)
            }
            var json = JSONWriter(reservingCapacity: 1024)
            json.raw(#"{"status":"success","data":"#)
            json.list(sets.sorted()) { json, labels in json.labels(labels) }
            json.raw("}\n")
            return .json(json.bytes)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    /// The streams' range: both ends belong to it, as Loki's index has no finer idea.
    private func range(_ request: APIRequest) throws(ParameterError) -> TimeRange {
        let (start, end) = try QueryParameters(request).bounds()
        guard end >= start else {
            throw ParameterError("this data is no longer available, it is past now - max_query_lookback (0s)")
        }
        return TimeRange(start: start, end: end.advanced(byNanoseconds: 1))
    }

    private func matchers(_ selector: String?) throws(SyntaxError) -> [Matcher] {
        guard let selector else { return [] }
        return try Matcher.parse(selector, textBytesMax: services.queryLimits.textBytesMax)
    }

    /// Loki leaves `data` out when there is nothing to list.
    private static func list(_ texts: [String]) -> APIResponse {
        var json = JSONWriter(reservingCapacity: 1024)
        json.raw(#"{"status":"success""#)
        if !texts.isEmpty {
            json.raw(#","data":"#)
            json.texts(texts)
        }
        json.raw("}\n")
        return .json(json.bytes)
    }
}
