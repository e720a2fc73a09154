internal import LogQL
internal import WeirModel

/// `/weir/api/v1/export`: every entry of a query, oldest first, however many, while they are being read.
///
/// Parameters: `query`, `start`, `end`, `format` (`ndjson`, `csv` or `raw`). An answer that breaks off is resumed with
/// `start` at the last instant received. An error behind the first page breaks the answer off, which clients see.
struct ExportEndpoint: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [Endpoint(Endpoint.asking, "/weir/api/v1/export") { request, _ in await export(request) }]
    }

    private func export(_ request: APIRequest) async -> APIResponse {
        do {
            let parameters = QueryParameters(request)
            let (start, end) = try parameters.bounds()
            guard let form = ExportForm(rawValue: parameters.text("format") ?? "ndjson") else {
                throw ParameterError("format is ndjson, csv or raw")
            }
            guard case .log = try Query.parse(parameters.query) else {
                throw ParameterError("only log queries can be exported")
            }
            let limit = services.queryLimits.entriesMax > 0 ? services.queryLimits.entriesMax : 5000
            var cursor = ExportCursor(start: start, pageMax: limit)
            // The first page is asked for here, so that most faults have a status of their own.
            let first = try await page(&cursor, parameters.query, request.tenant, end)
            let (query, tenant, rest) = (parameters.query, request.tenant, cursor)
            var response = APIResponse(status: 200, headers: [("Content-Type", form.contentType)])
            response.stream = { write in
                var cursor = rest
                var bytes = form.head
                for (labels, entry) in first { form.append(entry, labels: labels, to: &bytes) }
                if !bytes.isEmpty { try await write(bytes) }
                while !cursor.isAtEnd {
                    bytes.removeAll(keepingCapacity: true)
                    for (labels, entry) in try await page(&cursor, query, tenant, end) {
                        form.append(entry, labels: labels, to: &bytes)
                    }
                    if !bytes.isEmpty { try await write(bytes) }
                }
            }
            return response
        } catch let error as ExportCursor.Crowded {
            let instant = TimeText.nanoseconds(error.instant.nanoseconds)
            return .text("too many entries at \(instant); raise max_entries_limit_per_query", status: 400)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func page(
        _ cursor: inout ExportCursor, _ query: String, _ tenant: Tenant, _ end: Timestamp
    ) async throws -> [(labels: LabelSet, entry: ResultEntry)] {
        let limit = services.queryLimits.entriesMax > 0 ? services.queryLimits.entriesMax : 5000
        let outcome = try await services.runQuery(
            QueryRequest(
                tenant: tenant, text: query,
                time: .range(start: cursor.start, end: end, stepNanoseconds: Timestamp.nanosecondsPerSecond),
                direction: .forward, limit: limit))
        guard case .streams(let streams) = outcome.result else { return [] }
        return try cursor.take(streams)
    }
}
