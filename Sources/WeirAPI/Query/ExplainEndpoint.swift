internal import LogQL
internal import WeirBytes
internal import WeirModel

/// `/weir/api/v1/explain`: how a query would be answered, and how much there is for it to look at, without reading it.
///
/// The parameters are those of `query_range`. Blocks are those of the streams and the time of each scan; which of them
/// the texts that they must hold rule out shows only while reading.
struct ExplainEndpoint: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [Endpoint(Endpoint.asking, "/weir/api/v1/explain") { request, _ in await explain(request) }]
    }

    private func explain(_ request: APIRequest) async -> APIResponse {
        do {
            var query = try QueryParameters(request).rangeQuery(stepsMax: services.queryLimits.stepsMax)
            query.dialect = .weir
            let scans = try QueryEngine.explain(query, textBytesMax: services.queryLimits.textBytesMax)
            var json = JSONWriter()
            json.raw(#"{"status":"success","data":{"scans":["#)
            for (index, scan) in scans.enumerated() {
                if index > 0 { json.raw(",") }
                try await append(scan, of: query.tenant, to: &json)
            }
            json.raw("]}}\n")
            return .json(json.bytes)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func append(_ scan: ScanExplanation, of tenant: Tenant, to json: inout JSONWriter) async throws {
        let volumes = try await services.source.volumes(tenant: tenant, matchers: scan.matchers, range: scan.range)
        json.raw(#"{"query":"#)
        json.string(scan.query)
        json.raw(#","plan":"#)
        json.texts(scan.lines)
        json.raw(#","streams":"#)
        json.number(Int64(volumes.count))
        json.raw(#","blocks":"#)
        json.number(Int64(volumes.reduce(0) { $0 + $1.blocks }))
        json.raw(#","lines":"#)
        json.number(Int64(volumes.reduce(0) { $0 + $1.entries }))
        json.raw(#","bytes":"#)
        json.number(Int64(volumes.reduce(0) { $0 + $1.bytes }))
        json.raw("}")
    }
}
