internal import LogQL
internal import WeirBytes
internal import WeirModel

/// Queries: `query_range`, `query`, the legacy `/api/prom/query` and `format_query`.
///
/// Under `/weir` the same questions may use the extensions of docs/extensions.md.
struct QueryEndpoints: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(Endpoint.asking, "/loki/api/v1/query_range") { request, _ in await range(request, dialect) },
            Endpoint(Endpoint.asking, "/loki/api/v1/query") { request, _ in await instant(request, dialect) },
            Endpoint(Endpoint.asking, "/api/prom/query") { request, _ in await legacy(request) },
            Endpoint(Endpoint.asking, "/loki/api/v1/format_query") { request, _ in format(request, dialect) },
            Endpoint(Endpoint.asking, "/weir/api/v1/query_range") { request, _ in await range(request, .weir) },
            Endpoint(Endpoint.asking, "/weir/api/v1/query") { request, _ in await instant(request, .weir) },
            Endpoint(Endpoint.asking, "/weir/api/v1/format_query") { request, _ in format(request, .weir) },
        ]
    }

    /// What the endpoints of Loki take.
    private var dialect: Dialect { services.queryLimits.dialect }

    private func range(_ request: APIRequest, _ dialect: Dialect) async -> APIResponse {
        do {
            var query = try QueryParameters(request).rangeQuery(stepsMax: services.queryLimits.stepsMax)
            query.dialect = dialect
            return try await answer(query, to: request)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func instant(_ request: APIRequest, _ dialect: Dialect) async -> APIResponse {
        do {
            var query = try QueryParameters(request).instantQuery()
            query.dialect = dialect
            return try await answer(query, to: request)
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
            query.dialect = dialect
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

    private func format(_ request: APIRequest, _ dialect: Dialect) -> APIResponse {
        var json = JSONWriter()
        do throws(SyntaxError) {
            let query = try Query.parse(checkingLength(QueryParameters(request).query), dialect: dialect)
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
