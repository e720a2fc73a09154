internal import LogQL
internal import WeirBytes
internal import WeirModel

/// What a selection has to offer: its labels, the fields of its lines, and their values.
struct DetectedEndpoints: Sendable {
    private let services: APIServices

    /// Labels that are shown whatever their values look like.
    private static let alwaysShown: Set<String> = ["cluster", "namespace", "instance", "pod"]

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(Endpoint.asking, "/loki/api/v1/detected_labels") { request, _ in await labels(request) },
            Endpoint(Endpoint.asking, "/loki/api/v1/detected_fields") { request, _ in await fields(request) },
            Endpoint(Endpoint.asking, "/loki/api/v1/detected_field/{name}/values") { request, captures in
                await values(of: captures["name"] ?? "", request)
            },
        ]
    }

    private func labels(_ request: APIRequest) async -> APIResponse {
        do {
            let parameters = QueryParameters(request)
            let range = try parameters.streamRange()
            let matchers = try parameters.text("query").map { text throws(SyntaxError) in
                try Matcher.parse(text, textBytesMax: services.queryLimits.textBytesMax)
            }
            let series = try await services.source.series(
                tenant: request.tenant, matchers: matchers ?? [], range: range)
            var values: [String: Set<String>] = [:]
            for labels in series {
                for label in labels.labels where !label.name.hasPrefix("__") {
                    values[label.name, default: []].insert(label.value)
                }
            }
            let shown = values.filter { name, values in
                DetectedEndpoints.alwaysShown.contains(name) || !values.allSatisfy(IdentifierText.isIdentifier)
            }
            var json = JSONWriter(reservingCapacity: 1024)
            json.raw(#"{"detectedLabels":"#)
            json.list(shown.sorted { $0.key < $1.key }) { json, label in
                json.raw(#"{"label":"#)
                json.string(label.key)
                json.raw(#","cardinality":"#)
                json.number(label.value.count)
                json.raw("}")
            }
            json.raw("}\n")
            return .json(json.bytes)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func fields(_ request: APIRequest) async -> APIResponse {
        do {
            let limit = try limit(request)
            let fields = try await detect(request, fieldsMax: limit)
            guard !fields.isEmpty else { return .json(Array("{}\n".utf8)) }
            var json = JSONWriter(reservingCapacity: 4096)
            json.raw(#"{"fields":"#)
            json.list(fields) { json, field in json.field(field) }
            json.raw(#","limit":"#)
            json.number(limit)
            json.raw("}\n")
            return .json(json.bytes)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func values(of name: String, _ request: APIRequest) async -> APIResponse {
        do {
            let limit = try limit(request)
            // Which field is asked for is known, so how many others there are must not matter.
            let fields = try await detect(request, fieldsMax: .max)
            guard let field = fields.first(where: { $0.name == name }) else { return .json(Array("{}\n".utf8)) }
            var json = JSONWriter(reservingCapacity: 4096)
            json.raw(#"{"values":"#)
            json.texts(Array(field.values.prefix(limit)))
            json.raw(#","limit":"#)
            json.number(limit)
            json.raw("}\n")
            return .json(json.bytes)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    /// Runs the query for a sample of the newest lines and looks at their fields.
    private func detect(_ request: APIRequest, fieldsMax: Int) async throws -> [DetectedField] {
        let parameters = QueryParameters(request)
        let (start, end) = try parameters.bounds()
        guard end >= start else {
            throw ParameterError("end timestamp must not be before or equal to start time")
        }
        let linesMax = try parameters.count("line_limit") ?? 100
        let text = parameters.query
        let textBytesMax = services.queryLimits.textBytesMax
        guard text.utf8.count <= textBytesMax else {
            throw SyntaxError("input size too long (\(text.utf8.count) > \(textBytesMax))")
        }
        guard case .log = try Query.parse(text, dialect: .loki) else {
            throw ParameterError("only log selector is supported")
        }
        let step = Timestamp.nanosecondsPerSecond
        let outcome = try await services.runQuery(
            QueryRequest(
                tenant: request.tenant, text: text, time: .range(start: start, end: end, stepNanoseconds: step),
                direction: .backward, limit: linesMax))
        guard case .streams(let streams) = outcome.result else { return [] }
        return FieldDetection.fields(in: streams, fieldsMax: fieldsMax)
    }

    private func limit(_ request: APIRequest) throws(ParameterError) -> Int {
        let parameters = QueryParameters(request)
        if let limit = try parameters.count("limit") { return limit }
        return try parameters.count("field_limit") ?? 1000
    }
}

extension JSONWriter {
    fileprivate mutating func field(_ field: DetectedField) {
        raw(#"{"label":"#)
        string(field.name)
        raw(#","type":"#)
        string(field.kind.rawValue)
        raw(#","cardinality":"#)
        number(field.values.count)
        raw(#","parsers":"#)
        if field.parsers.isEmpty { raw("null") } else { texts(field.parsers) }
        if let path = field.path {
            raw(#","jsonPath":"#)
            texts(path)
        }
        raw("}")
    }
}
