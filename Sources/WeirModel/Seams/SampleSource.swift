/// Where kept samples come from: the joint between the query language and whatever records numbers.
public protocol SampleSource: Sendable {
    /// The series that fulfil all matchers, with their samples in `(after, through]`, both ends as Prometheus has them.
    ///
    /// Samples that end a series are among them. Labels hold the series' name as `__name__`.
    ///
    /// - Throws: ``SourceError``.
    func samples(
        tenant: Tenant, matchers: [Matcher], after: Timestamp, through: Timestamp
    ) async throws -> [Series]
}

/// A source without any sample.
public struct NoSamples: SampleSource {
    /// Creates the source.
    public init() {}

    /// Nothing.
    public func samples(
        tenant: Tenant, matchers: [Matcher], after: Timestamp, through: Timestamp
    ) async throws -> [Series] { [] }
}
