internal import LogQL
internal import WeirBytes
internal import WeirModel

/// Queries: `query_range`, `query`, the legacy `/api/prom/query` and `format_query`.
struct QueryEndpoints: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(Endpoint.asking, "/loki/api/v1/query_range") { request, _ in await range(request) },
            Endpoint(Endpoint.asking, "/loki/api/v1/query") { request, _ in await instant(request) },
            Endpoint(Endpoint.asking, "/api/prom/query") { request, _ in await legacy(request) },
            Endpoint(Endpoint.asking, "/loki/api/v1/format_query") { request, _ in format(request) },
        ]
    }

    private func range(_ request: APIRequest) async -> APIResponse {
        do {
            let query = try QueryParameters(request).rangeQuery(stepsMax: services.queryLimits.stepsMax)
            return try await answer(query, to: request)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func instant(_ request: APIRequest) async -> APIResponse {
        do {
            return try await answer(try QueryParameters(request).instantQuery(), to: request)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func answer(_ query: QueryRequest, to request: APIRequest) async throws -> APIResponse {
        let start = services.now()
        let outcome = try await services.runQuery(query)
        let seconds = Double(services.now().nanoseconds - start.nanoseconds) / 1e9
        let encoding = ResponseEncoding(header: request.headers["x-loki-response-encoding-flags"])
        let body = QueryAnswer.body(
            outcome, encoding: encoding, direction: query.direction, seconds: max(0, seconds))
        return .json(body)
    }

    /// A range query over entries, with an optional `regexp` that is one more line filter.
    private func legacy(_ request: APIRequest) async -> APIResponse {
        do {
            var query = try QueryParameters(request).rangeQuery(stepsMax: 0)
            if let pattern = QueryParameters(request).text("regexp") {
                query.text += " |~ " + QuotedText.quote(pattern)
            }
            let start = services.now()
            let outcome = try await services.runQuery(query)
            let seconds = Double(services.now().nanoseconds - start.nanoseconds) / 1e9
            guard case .streams(let streams) = outcome.result else {
                let type = QueryAnswer.typeName(outcome.result)
                return .text(
                    "legacy endpoints only support streams result type, current type is \(type)", status: 400)
            }
            return .json(LegacyAnswer.body(streams, statistics: outcome.statistics, seconds: max(0, seconds)))
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func format(_ request: APIRequest) -> APIResponse {
        var json = JSONWriter()
        do throws(SyntaxError) {
            let query = try Query.parse(checkingLength(QueryParameters(request).query))
            json.raw(#"{"status":"success","data":"#)
            json.string(query.formatted())
            json.raw("}")
            return .json(json.bytes)
        } catch {
            json.raw(#"{"status":"invalid-query","error":"#)
            json.string(error.message)
            json.raw("}")
            return .json(json.bytes, status: 400)
        }
    }

    private func checkingLength(_ text: String) throws(SyntaxError) -> String {
        let limit = services.queryLimits.textBytesMax
        guard text.utf8.count <= limit else {
            throw SyntaxError("input size too long (\(text.utf8.count) > \(limit))")
        }
        return text
    }
}
