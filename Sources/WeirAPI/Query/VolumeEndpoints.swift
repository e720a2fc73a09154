internal import LogQL
internal import WeirBytes
internal import WeirModel

/// How much there is of which streams: `index/stats`, `index/volume` and `index/volume_range`.
struct VolumeEndpoints: Sendable {
    private let services: APIServices

    /// Loki's `volume_max_series`: with more groups a chart says nothing.
    private static let groupsMax = 1000

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(Endpoint.asking, "/loki/api/v1/index/stats") { request, _ in await statistics(request) },
            Endpoint(Endpoint.asking, "/loki/api/v1/index/shards") { request, _ in await shards(request) },
            Endpoint(Endpoint.asking, "/loki/api/v1/index/volume") { request, _ in await volume(request) },
            Endpoint(Endpoint.asking, "/loki/api/v1/index/volume_range") { request, _ in await volumeRange(request) },
        ]
    }

    private func statistics(_ request: APIRequest) async -> APIResponse {
        do {
            var json = JSONWriter()
            json.totals(of: try await volumes(request))
            json.raw("\n")
            return .json(json.bytes)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    /// Everything in one shard: queries use all cores without being cut up by the client.
    private func shards(_ request: APIRequest) async -> APIResponse {
        do {
            var json = JSONWriter()
            json.raw(#"{"shards":[{"bounds":{"min":0,"max":18446744073709551615},"stats":"#)
            json.totals(of: try await volumes(request))
            json.raw("}],\"statistics\":")
            StatisticsAnswer.append(QueryStatistics(), seconds: 0, to: &json)
            json.raw("}\n")
            return .json(json.bytes)
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func volumes(_ request: APIRequest) async throws -> [StreamVolume] {
        let parameters = QueryParameters(request)
        let range = try parameters.streamRange()
        return try await services.source.volumes(
            tenant: request.tenant, matchers: try matchers(parameters), range: range)
    }

    private func volume(_ request: APIRequest) async -> APIResponse {
        do {
            let parameters = QueryParameters(request)
            let range = try parameters.streamRange()
            let question = try question(parameters)
            let volumes = try await services.source.volumes(
                tenant: request.tenant, matchers: question.matchers, range: range)
            let sums = question.aggregation.bytes(volumes)
            try checkCount(sums.count)
            let end = range.end.advanced(byNanoseconds: -1)
            let samples = VolumeAggregation.ranked(sums).prefix(question.limit).map { group in
                InstantSample(labels: group.labels, sample: Sample(timestamp: end, value: Double(group.bytes)))
            }
            return VolumeEndpoints.answer(.vector(samples))
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    private func volumeRange(_ request: APIRequest) async -> APIResponse {
        do {
            let parameters = QueryParameters(request)
            let range = try parameters.streamRange()
            let question = try question(parameters)
            let end = range.end.advanced(byNanoseconds: -1)
            let step = try parameters.checkedStep(
                start: range.start, end: end, stepsMax: services.queryLimits.stepsMax)
            let buckets = VolumeBucket.buckets(of: range, stepNanoseconds: step)
            let volumes = try await services.source.volumes(
                tenant: request.tenant, matchers: question.matchers, ranges: buckets.map(\.range))
            var samples: [LabelSet: [Sample]] = [:]
            var totals: [LabelSet: Int] = [:]
            for (bucket, volumes) in zip(buckets, volumes) {
                for (labels, bytes) in question.aggregation.bytes(volumes) {
                    samples[labels, default: []].append(Sample(timestamp: bucket.time, value: Double(bytes)))
                    totals[labels, default: 0] += bytes
                }
            }
            try checkCount(totals.count)
            let series = VolumeAggregation.ranked(totals).prefix(question.limit).map { group in
                Series(labels: group.labels, samples: samples[group.labels, default: []])
            }
            return VolumeEndpoints.answer(.matrix(series.sorted { $0.labels < $1.labels }))
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    /// What both volume endpoints are asked.
    private struct Question {
        var matchers: [Matcher]
        var aggregation: VolumeAggregation
        var limit: Int
    }

    private func question(_ parameters: QueryParameters) throws -> Question {
        let matchers = try matchers(parameters)
        let targets = (parameters.text("targetLabels") ?? "").split(separator: ",").map(String.init)
        let aggregation = try VolumeAggregation(
            option: parameters.text("aggregateBy"), targets: targets, matchers: matchers)
        // Unlike elsewhere, zero is fine and means the default.
        let limit = parameters.text("limit") == "0" ? nil : try parameters.count("limit")
        return Question(matchers: matchers, aggregation: aggregation, limit: limit ?? 100)
    }

    private func matchers(_ parameters: QueryParameters) throws(SyntaxError) -> [Matcher] {
        try Matcher.parse(parameters.query, textBytesMax: services.queryLimits.textBytesMax)
    }

    private func checkCount(_ count: Int) throws(ParameterError) {
        let limit = VolumeEndpoints.groupsMax
        guard count <= limit else {
            throw ParameterError("the query hit the max number of series limit (limit: \(limit) series)")
        }
    }

    private static func answer(_ result: QueryResult) -> APIResponse {
        let outcome = QueryOutcome(result: result, statistics: QueryStatistics())
        let plain = ResponseEncoding(header: nil)
        return .json(QueryAnswer.body(outcome, encoding: plain, direction: .forward, seconds: 0))
    }
}

extension JSONWriter {
    /// Appends how much there is in all.
    fileprivate mutating func totals(of volumes: [StreamVolume]) {
        raw(#"{"streams":"#)
        number(volumes.count)
        raw(#","chunks":"#)
        number(volumes.reduce(0) { $0 + $1.blocks })
        raw(#","bytes":"#)
        number(volumes.reduce(0) { $0 + $1.bytes })
        raw(#","entries":"#)
        number(volumes.reduce(0) { $0 + $1.entries })
        raw("}")
    }
}
