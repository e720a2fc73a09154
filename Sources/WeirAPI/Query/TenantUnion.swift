public import WeirModel

/// A source in which several tenants can be asked at once: `a|b` is both, and each stream then says whose it is in the
/// label `__tenant_id__`, as in Loki.
///
/// A label that streams themselves call so becomes `original___tenant_id__`. A single tenant is asked as it is.
public struct TenantUnion: LogSource {
    private let source: any LogSource

    private static let label = "__tenant_id__"
    private static let original = "original___tenant_id__"

    /// What separates names; no name contains it.
    static let separator: Character = "|"

    /// Creates a union over a source of single tenants.
    public init(_ source: any LogSource) {
        self.source = source
    }

    /// Scans one tenant after the other.
    public func scan(
        _ selection: Selection, workers: Int,
        _ visit: @escaping @Sendable (_ worker: Int, _ batch: borrowing LineBatch) throws -> Flow
    ) async throws -> ScanSummary {
        guard let tenants = TenantUnion.tenants(of: selection.tenant) else {
            return try await source.scan(selection, workers: workers, visit)
        }
        var sum = ScanSummary()
        for (tenant, matchers) in TenantUnion.questions(tenants, selection.matchers) {
            var part = selection
            part.tenant = tenant
            part.matchers = matchers
            let summary = try await source.scan(part, workers: workers) { worker, batch in
                var named = copy batch
                named.streams = named.streams.map { TenantUnion.naming(tenant, $0) }
                return try visit(worker, named)
            }
            sum.linesRead += summary.linesRead
            sum.lineBytesRead += summary.lineBytesRead
            sum.blocksRead += summary.blocksRead
            sum.blocksSkipped += summary.blocksSkipped
        }
        return sum
    }

    /// The names of all tenants' labels, and the tenant's own.
    public func labelNames(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [String] {
        guard let tenants = TenantUnion.tenants(of: tenant) else {
            return try await source.labelNames(tenant: tenant, matchers: matchers, range: range)
        }
        var names: Set<String> = []
        for (tenant, matchers) in TenantUnion.questions(tenants, matchers) {
            let found = try await source.labelNames(tenant: tenant, matchers: matchers, range: range)
            names.formUnion(found.map { $0 == TenantUnion.label ? TenantUnion.original : $0 })
            if !found.isEmpty { names.insert(TenantUnion.label) }
        }
        return names.sorted()
    }

    /// The values of all tenants; of the tenant's own label the tenants with entries.
    public func labelValues(
        of name: String, tenant: Tenant, matchers: [Matcher], range: TimeRange
    ) async throws -> [String] {
        guard let tenants = TenantUnion.tenants(of: tenant) else {
            return try await source.labelValues(of: name, tenant: tenant, matchers: matchers, range: range)
        }
        var values: Set<String> = []
        for (tenant, matchers) in TenantUnion.questions(tenants, matchers) {
            if name == TenantUnion.label {
                let names = try await source.labelNames(tenant: tenant, matchers: matchers, range: range)
                if !names.isEmpty { values.insert(tenant.name) }
            } else {
                let stored = name == TenantUnion.original ? TenantUnion.label : name
                values.formUnion(
                    try await source.labelValues(of: stored, tenant: tenant, matchers: matchers, range: range))
            }
        }
        return values.sorted()
    }

    /// The streams of all tenants.
    public func series(tenant: Tenant, matchers: [Matcher], range: TimeRange) async throws -> [LabelSet] {
        guard let tenants = TenantUnion.tenants(of: tenant) else {
            return try await source.series(tenant: tenant, matchers: matchers, range: range)
        }
        var sets: [LabelSet] = []
        for (tenant, matchers) in TenantUnion.questions(tenants, matchers) {
            let found = try await source.series(tenant: tenant, matchers: matchers, range: range)
            sets += found.map { TenantUnion.naming(tenant, $0) }
        }
        return sets.sorted()
    }

    /// The volumes of all tenants.
    public func volumes(tenant: Tenant, matchers: [Matcher], ranges: [TimeRange]) async throws -> [[StreamVolume]] {
        guard let tenants = TenantUnion.tenants(of: tenant) else {
            return try await source.volumes(tenant: tenant, matchers: matchers, ranges: ranges)
        }
        var volumes = [[StreamVolume]](repeating: [], count: ranges.count)
        for (tenant, matchers) in TenantUnion.questions(tenants, matchers) {
            let found = try await source.volumes(tenant: tenant, matchers: matchers, ranges: ranges)
            for (index, part) in found.enumerated() where index < volumes.count {
                volumes[index] += part.map { volume in
                    var volume = volume
                    volume.labels = TenantUnion.naming(tenant, volume.labels)
                    return volume
                }
            }
        }
        return volumes.map { $0.sorted { $0.labels < $1.labels } }
    }

    /// The counts of all tenants; nil when one of them has to be scanned.
    public func counts(_ request: CountRequest) async throws -> [StreamCounts]? {
        guard let tenants = TenantUnion.tenants(of: request.tenant) else { return try await source.counts(request) }
        var counts: [StreamCounts] = []
        for (tenant, matchers) in TenantUnion.questions(tenants, request.matchers) {
            var part = request
            part.tenant = tenant
            part.matchers = matchers
            guard let found = try await source.counts(part) else { return nil }
            counts += found.map { StreamCounts(labels: TenantUnion.naming(tenant, $0.labels), cells: $0.cells) }
        }
        return counts
    }

    /// The tenants that a name stands for, each once and sorted; nil when it is a single one.
    private static func tenants(of tenant: Tenant) -> [Tenant]? {
        guard tenant.name.contains(separator) else { return nil }
        return Set(tenant.name.split(separator: separator).map(String.init)).sorted().map { Tenant($0) }
    }

    /// What to ask which tenant: matchers of the tenant's own label choose tenants.
    private static func questions(_ tenants: [Tenant], _ matchers: [Matcher]) -> [(Tenant, [Matcher])] {
        let own = matchers.filter { $0.name == label }
        let others = matchers.filter { $0.name != label }.map { matcher in
            guard matcher.name == original else { return matcher }
            // The pattern was compiled once, so it is valid.
            return (try? Matcher(label, matcher.comparison, matcher.value)) ?? matcher
        }
        return tenants.filter { tenant in own.allSatisfy { $0.accepts(tenant.name) } }.map { ($0, others) }
    }

    private static func naming(_ tenant: Tenant, _ labels: LabelSet) -> LabelSet {
        var labels = labels
        if let value = labels[label] { labels[original] = value }
        labels[label] = tenant.name
        return labels
    }
}
