internal import LogQL
internal import Synchronization
internal import WeirBytes
internal import WeirModel

/// `/loki/api/v1/patterns`, where it is switched on, and `/weir/api/v1/patterns`: what kinds of lines streams have, and how many of each over time.
///
/// Loki keeps patterns while it takes lines; here they are found in the lines that are asked about, so that they exist for
/// all times, and cost nothing until somebody asks. Of very many lines an evenly spread part is looked at, and counts are
/// scaled up.
struct PatternsEndpoint: Sendable {
    private let services: APIServices

    /// Loki's figure.
    private static let patternsMax = 300
    /// Lines that are looked at; about a second of work.
    private static let linesMax = 1_000_000
    private static let stepNanosecondsMin = 10 * Timestamp.nanosecondsPerSecond

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(Endpoint.asking, "/loki/api/v1/patterns") { request, _ in
                // Clients take this for a Loki without a pattern ingester, and do not offer patterns.
                guard services.findsPatterns else { return .text("404 page not found", status: 404) }
                return await patterns(request)
            },
            Endpoint(Endpoint.asking, "/weir/api/v1/patterns") { request, _ in await patterns(request) },
        ]
    }

    private func patterns(_ request: APIRequest) async -> APIResponse {
        do {
            let parameters = QueryParameters(request)
            let range = try parameters.streamRange()
            let end = range.end.advanced(byNanoseconds: -1)
            let wanted = try parameters.checkedStep(
                start: range.start, end: end, stepsMax: services.queryLimits.stepsMax)
            // Samples stand at whole seconds.
            let step = max(Self.stepNanosecondsMin, wanted - wanted % Timestamp.nanosecondsPerSecond)
            let matchers = try matchers(parameters)
            let volumes = try await services.source.volumes(tenant: request.tenant, matchers: matchers, range: range)
            let lines = volumes.reduce(0) { $0 + $1.entries }
            let stride = max(1, (lines + Self.linesMax - 1) / Self.linesMax)
            let clusters = try await mine(
                Selection(tenant: request.tenant, matchers: matchers, range: range), step: step, stride: stride)
            return .json(Self.body(clusters, step: step))
        } catch {
            return QueryFailure.answer(to: error)
        }
    }

    /// A selector; what else a query holds says nothing about streams.
    private func matchers(_ parameters: QueryParameters) throws -> [Matcher] {
        let text = parameters.query
        let limit = services.queryLimits.textBytesMax
        guard text.utf8.count <= limit else {
            throw SyntaxError("input size too long (\(text.utf8.count) > \(limit))")
        }
        guard case .log(let query) = try Query.parse(text, dialect: .loki) else {
            throw ParameterError("only log selector is supported")
        }
        return query.matchers
    }

    private func mine(_ selection: Selection, step: Int64, stride: Int) async throws -> [PatternMiner.Cluster] {
        let workers = max(1, services.queryLimits.workers)
        let miners = WorkerMiners(count: workers, step: step, stride: stride)
        _ = try await services.source.scan(selection, workers: workers) { worker, batch in
            miners.add(copy batch, worker: worker)
            return .proceed
        }
        return miners.merged()
    }

    private static func body(_ clusters: [PatternMiner.Cluster], step: Int64) -> [UInt8] {
        let ranked = clusters.map { (cluster: $0, total: $0.total, pattern: $0.pattern) }
            .sorted { ($1.total, $0.pattern.count) < ($0.total, $1.pattern.count) }
        var json = JSONWriter(reservingCapacity: 16 << 10)
        json.raw(#"{"status":"success","data":"#)
        json.list(Array(ranked.prefix(patternsMax))) { json, item in
            json.raw(#"{"pattern":"#)
            json.string(item.pattern)
            json.raw(#","level":"#)
            json.string(item.cluster.level)
            json.raw(#","samples":"#)
            json.list(item.cluster.counts.sorted { $0.key < $1.key }) { json, sample in
                json.raw("[")
                json.number(sample.key * (step / Timestamp.nanosecondsPerSecond))
                json.raw(",")
                json.number(Int64(sample.value))
                json.raw("]")
            }
            json.raw("}")
        }
        json.raw("}\n")
        return json.bytes
    }
}

/// A miner for each worker of a scan, so that none waits for another.
private final class WorkerMiners: Sendable {
    private final class Box: Sendable {
        let miner = Mutex(PatternMiner())
    }

    private let miners: [Box]
    private let step: Int64
    private let stride: Int

    init(count: Int, step: Int64, stride: Int) {
        miners = (0..<count).map { _ in Box() }
        self.step = step
        self.stride = stride
    }

    func add(_ batch: LineBatch, worker: Int) {
        let levels = batch.streams.map { Array(($0["detected_level"] ?? $0["level"] ?? "").utf8) }
        let metadata = Array("detected_level".utf8)
        let unknown = Array("unknown".utf8)
        miners[worker].miner.withLock { miner in
            batch.bytes.withUnsafeBytes { bytes in
                for row in Swift.stride(from: 0, to: batch.count, by: stride) {
                    var level = levels[Int(batch.streamIndexes[row])]
                    for index in batch.metadataRange(ofRow: row) {
                        let pair = batch.metadata[index]
                        let name = bytes[Int(pair.nameOffset)..<Int(pair.nameOffset) + Int(pair.nameLength)]
                        guard name.count == metadata.count, name.elementsEqual(metadata) else { continue }
                        level = Array(
                            bytes[Int(pair.valueOffset)..<Int(pair.valueOffset) + Int(pair.valueLength)])
                    }
                    if level.isEmpty { level = unknown }
                    let offset = Int(batch.lineOffsets[row])
                    let line = UnsafeRawBufferPointer(
                        rebasing: bytes[offset..<offset + Int(batch.lineLengths[row])])
                    let time = batch.timestamps[row]
                    let number = time >= 0 ? time / step : (time - step + 1) / step
                    level.withUnsafeBytes { miner.add(line, level: $0, step: number, weight: stride) }
                }
            }
        }
    }

    func merged() -> [PatternMiner.Cluster] {
        var all = PatternMiner()
        for box in miners { all.merge(box.miner.withLock { $0 }) }
        return all.clusters
    }
}
