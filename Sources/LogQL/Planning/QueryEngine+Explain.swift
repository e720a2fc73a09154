import WeirModel

extension QueryEngine {
    /// Says how a query would be answered, without reading anything: its scans in the order in which they run.
    ///
    /// An expression that occurs twice is listed twice, though it is evaluated once.
    ///
    /// - Parameter textBytesMax: the longest text that is looked at.
    /// - Throws: ``QueryError`` as ``run(_:)-(QueryRequest)`` would before its first line.
    public static func explain(
        _ request: QueryRequest, textBytesMax: Int = QueryLimits().textBytesMax
    ) throws(QueryError) -> [ScanExplanation] {
        try checkLength(of: request, textBytesMax)
        let query: Query
        do { query = try Query.parse(request.text, dialect: request.dialect) } catch { throw .syntax(error) }
        switch query {
        case .log(let log):
            guard case .range(let start, let end, _) = request.time else { return [] }
            let plan: SelectionPlan
            do {
                plan = try SelectionPlan(
                    log, tenant: request.tenant, range: TimeRange(start: start, end: end),
                    direction: request.direction, surroundings: StageSurroundings(dialect: request.dialect))
            } catch {
                throw .syntax(error)
            }
            return [ScanExplanation(plan, of: log.description, stages: log.stages)]
        case .metric(let metric):
            guard let instants = StepInstants(request.time, countMax: .max - 1) else { return [] }
            return try explain(metric, request, instants, outer: nil)
        }
    }

    private static func explain(
        _ query: MetricQuery, _ request: QueryRequest, _ instants: StepInstants, outer: GroupingSyntax?
    ) throws(QueryError) -> [ScanExplanation] {
        switch query {
        case .literal, .vector, .samples: return []
        case .sampleWindow(let syntax):
            guard case .samples = syntax.operand else {
                return try explain(syntax.operand, request, instants, outer: nil)
            }
            return []
        case .sampleFunction(let syntax):
            return try syntax.operand.map { operand throws(QueryError) in
                try explain(operand, request, instants, outer: nil)
            } ?? []
        case .range(let syntax):
            let projection = LabelProjection(syntax, outer: outer)
            do {
                let plan = try SelectionPlan(
                    syntax, projection: projection, tenant: request.tenant, instants: instants,
                    surroundings: StageSurroundings(dialect: request.dialect))
                return [ScanExplanation(plan, of: syntax.description, stages: syntax.range.query.stages)]
            } catch {
                throw .syntax(error)
            }
        case .calculation(let syntax): return try explain(syntax.operand, request, instants, outer: nil)
        case .subquery(let syntax):
            guard let inner = SubqueryEvaluation.instants(of: syntax, within: instants) else { return [] }
            return try explain(syntax.operand, request, inner, outer: nil)
        case .aggregation(let syntax):
            return try explain(syntax.operand, request, instants, outer: MetricEvaluation.pushedDown(syntax))
        case .binary(let syntax):
            return try explain(syntax.left, request, instants, outer: nil)
                + explain(syntax.right, request, instants, outer: nil)
        case .labelReplace(let syntax): return try explain(syntax.operand, request, instants, outer: nil)
        }
    }
}

extension SelectionPlan {
    /// What is read, one thought a line.
    func explanation(_ syntax: [StageSyntax]) -> [String] {
        var lines = ["streams: {" + selection.matchers.map { "\($0)" }.joined(separator: ", ") + "}"]
        lines.append("time: [\(selection.range.start.nanoseconds), \(selection.range.end.nanoseconds))")
        for literal in selection.requiredLiterals {
            lines.append("blocks must hold: \(QuotedText.quote(String(decoding: literal, as: UTF8.self)))")
        }
        for requirement in selection.requirements {
            let texts = requirement.alternatives.map { QuotedText.quote(String(decoding: $0, as: UTF8.self)) }
            lines.append(
                "blocks must hold: \(texts.joined(separator: " or "))\(requirement.ignoresCase ? ", in any case" : "")")
        }
        if let fields {
            let names = fields.fieldNames.joined(separator: ", ")
            lines.append("fields \(fields.isFilter ? "judged" : "read") before lines: \(names)")
        }
        if !selection.needsLines { lines.append("lines are not read") }
        if !selection.needsMetadata { lines.append("structured metadata is not read") }
        if !pipeline.lineFilters.isEmpty {
            lines.append("line filters over whole blocks, before any stage: \(pipeline.lineFilters.count)")
        }
        if !pipeline.stages.isEmpty {
            lines.append("stages per entry: \(pipeline.stages.count) of \(syntax.count) written")
        }
        switch demand {
        case .everything: break
        case .only(let names) where names.isEmpty: lines.append("no label is looked at")
        case .only(let names): lines.append("labels looked at: \(names.sorted().joined(separator: ", "))")
        }
        return lines
    }
}
