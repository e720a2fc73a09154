public import LogQL
internal import WeirModel

/// Questions of rules, asked of a query engine in the same process.
public enum RuleAnswers {
    /// The samples at the question's instant; a number is one sample without labels.
    public static func answer(
        _ question: RuleQuestion, _ engine: QueryEngine
    ) async throws(RuleError) -> [InstantSample] {
        let request = QueryRequest(
            tenant: question.tenant, text: question.text, time: .instant(question.instant), dialect: .weir,
            skipsErrors: !question.failsOnLineErrors, sharing: question.sharing)
        let result: QueryResult
        do { result = try await engine.run(request).result } catch { throw RuleError(error.message) }
        switch result {
        case .vector(let samples): return samples
        case .scalar(let sample): return [InstantSample(labels: .empty, sample: sample)]
        case .streams, .matrix: throw RuleError("rule result is not a vector or scalar")
        }
    }
}
