internal import LogQL
internal import WeirBytes
internal import WeirModel

/// Prometheus' questions about recorded series, for Grafana's Prometheus data source and for `promtool query`.
struct PrometheusEndpoints: Sendable {
    private let services: APIServices
    private static let root = "/prometheus/api/v1/"

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        func asking(_ path: String, _ body: @escaping @Sendable (APIRequest) async throws -> APIResponse) -> Endpoint {
            Endpoint(Endpoint.asking, Self.root + path) { request, _ in await Self.guarded { try await body(request) } }
        }
        return [
            asking("query") { try await answer(QueryParameters($0).instantQuery()) },
            asking("query_range") { request in
                try await answer(QueryParameters(request).rangeQuery(stepsMax: services.queryLimits.stepsMax))
            },
            asking("series") { request in
                guard !Self.selectors(request).isEmpty else { throw ParameterError("no match[] parameter provided") }
                let series = try await series(request)
                return Self.success { json in json.list(series) { json, labels in json.labels(labels) } }
            },
            asking("labels") { request in
                let names = try await Set(series(request).flatMap { $0.labels.map(\.name) })
                return Self.success { $0.texts(names.sorted()) }
            },
            asking("metadata") { _ in Self.success { $0.raw("{}") } },
            asking("format_query") { request in
                let query = try Query.parse(QueryParameters(request).query, dialect: .weir)
                return Self.success { $0.string(query.formatted()) }
            },
            Endpoint(["GET"], Self.root + "label/{name}/values") { request, captures in
                await Self.guarded {
                    let name = captures["name"] ?? ""
                    let values = try await Set(series(request).compactMap { $0[name] })
                    return Self.success { $0.texts(values.sorted()) }
                }
            },
        ]
    }

    private func answer(_ question: QueryRequest) async throws -> APIResponse {
        var question = question
        question.dialect = .weir
        let outcome = try await services.runQuery(question)
        if case .streams = outcome.result {
            throw ParameterError("the query selects lines; ask /loki/api/v1/query_range, or count them")
        }
        return Self.success(warnings: outcome.warnings) { json in
            json.raw(#"{"resultType":"#)
            json.string(QueryAnswer.typeName(outcome.result))
            json.raw(#","result":"#)
            QueryAnswer.append(outcome.result, to: &json)
            json.raw("}")
        }
    }

    /// The series that `match[]` selects, or all, between `start` and `end`.
    private func series(_ request: APIRequest) async throws -> [LabelSet] {
        var start = Timestamp.min
        var end = Timestamp.max
        if let text = QueryParameters(request).text("start") { start = try ParameterText.instant(text) }
        if let text = QueryParameters(request).text("end") { end = try ParameterText.instant(text) }
        let texts = Self.selectors(request)
        guard !texts.isEmpty else { return try await services.recordedSeries(request.tenant, [], start, end) }
        var found: Set<LabelSet> = []
        for text in texts {
            guard case .metric(.samples(let selector)) = try Query.parse(text, dialect: .weir) else {
                throw ParameterError("\(QuotedText.quote(text)) is no selector of recorded series")
            }
            found.formUnion(try await services.recordedSeries(request.tenant, selector.matchers, start, end))
        }
        return found.sorted()
    }

    private static func selectors(_ request: APIRequest) -> [String] {
        request.parameters("match[]").filter { !$0.isEmpty }
    }

    // MARK: The envelope

    private static func success(warnings: [String] = [], _ data: (inout JSONWriter) -> Void) -> APIResponse {
        var json = JSONWriter(reservingCapacity: 1024)
        json.raw(#"{"status":"success","data":"#)
        data(&json)
        if !warnings.isEmpty {
            json.raw(#","warnings":"#)
            json.texts(warnings)
        }
        json.raw("}")
        return APIResponse(status: 200, headers: [("Content-Type", "application/json")], body: json.bytes)
    }

    private static func guarded(_ body: () async throws -> APIResponse) async -> APIResponse {
        do {
            return try await body()
        } catch let error as QueryError {
            return failure(error)
        } catch let error as SyntaxError {
            return failure(400, "bad_data", error.message)
        } catch let error as ParameterError {
            return failure(400, "bad_data", error.message)
        } catch {
            return failure(500, "internal", "\(error)")
        }
    }

    private static func failure(_ error: QueryError) -> APIResponse {
        switch error {
        case .syntax, .invalid: failure(400, "bad_data", error.message)
        case .pipeline, .limit: failure(422, "execution", error.message)
        case .timedOut: failure(503, "timeout", error.message)
        case .cancelled: failure(503, "canceled", error.message)
        case .overloaded: failure(429, "unavailable", error.message)
        case .unavailable: failure(503, "unavailable", error.message)
        case .failed: failure(422, "execution", error.message)
        }
    }

    private static func failure(_ status: Int, _ type: String, _ message: String) -> APIResponse {
        var json = JSONWriter()
        json.raw(#"{"status":"error","errorType":"#)
        json.string(type)
        json.raw(#","error":"#)
        json.string(message)
        json.raw("}")
        return APIResponse(status: status, headers: [("Content-Type", "application/json")], body: json.bytes)
    }
}
