internal import LogQL
internal import WeirModel

/// The parameters that the asking endpoints share, with Loki's defaults and messages.
struct QueryParameters {
    private let request: APIRequest

    init(_ request: APIRequest) {
        self.request = request
    }

    /// The text of a parameter; nil when it is absent or empty, which Loki does not tell apart.
    func text(_ name: String) -> String? {
        guard let value = request.parameter(name), !value.isEmpty else { return nil }
        return value
    }

    /// `query`, empty when absent: the parser then says what it misses.
    var query: String { request.parameter("query") ?? "" }

    /// `start` and `end`; without them the hour (or `since`) before `end`, or before now if that is earlier.
    func bounds() throws(ParameterError) -> (start: Timestamp, end: Timestamp) {
        var sinceNanoseconds: Int64 = 3600 * 1_000_000_000
        if let since = text("since") {
            guard let duration = ParameterText.duration(since) else {
                let quoted = QuotedText.quote(since)
                throw ParameterError("could not parse 'since' parameter: not a valid duration string: \(quoted)")
            }
            sinceNanoseconds = duration
        }
        let end = try instant("end") ?? request.arrival
        let start = try instant("start") ?? min(end, request.arrival).advanced(byNanoseconds: -sinceNanoseconds)
        return (start, end)
    }

    /// `limit`, 100 unless given.
    func limit() throws(ParameterError) -> Int {
        guard let limit = text("limit") else { return 100 }
        let number = try ParameterText.integer(limit, function: "Atoi")
        guard number > 0 else { throw ParameterError("limit must be a positive value") }
        return Int(number)
    }

    /// `direction`, backward unless given.
    func direction() throws(ParameterError) -> Selection.Direction {
        guard let direction = text("direction") else { return .backward }
        switch direction.uppercased() {
        case "FORWARD": return .forward
        case "BACKWARD": return .backward
        default: throw ParameterError("invalid direction '\(direction)'")
        }
    }

    /// `time`, now unless given.
    func time() throws(ParameterError) -> Timestamp {
        guard let time = text("time") else { return request.arrival }
        return try ParameterText.instant(time)
    }

    /// `skip_errors`, a parameter of Weir's own: whether lines with an error are left out instead of failing the query.
    private var skipsErrors: Bool { text("skip_errors") == "true" }

    /// A range query, parameters checked in Loki's order.
    func rangeQuery(stepsMax: Int) throws(ParameterError) -> QueryRequest {
        let (start, end) = try bounds()
        let limit = try limit()
        let direction = try direction()
        guard end >= start else {
            throw ParameterError("end timestamp must not be before or equal to start time")
        }
        let step = try checkedStep(start: start, end: end, stepsMax: stepsMax)
        let interval = try text("interval").map { text throws(ParameterError) in
            try ParameterText.secondsOrDuration(text)
        }
        if let interval, interval < 0 { throw ParameterError("interval must be >= 0") }
        return QueryRequest(
            tenant: request.tenant, text: query, time: .range(start: start, end: end, stepNanoseconds: step),
            direction: direction, limit: limit, intervalNanoseconds: interval ?? 0, skipsErrors: skipsErrors)
    }

    /// An instant query.
    func instantQuery() throws(ParameterError) -> QueryRequest {
        let limit = try limit()
        let time = try time()
        let direction = try direction()
        return QueryRequest(
            tenant: request.tenant, text: query, time: .instant(time), direction: direction, limit: limit,
            skipsErrors: skipsErrors)
    }

    /// `step`, above zero and no more than `stepsMax` times in the range (0: any number).
    func checkedStep(start: Timestamp, end: Timestamp, stepsMax: Int) throws(ParameterError) -> Int64 {
        let step = try step(start: start, end: end)
        guard step > 0 else {
            throw ParameterError(
                "zero or negative query resolution step widths are not accepted. Try a positive integer")
        }
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        if stepsMax > 0, (overflow ? .max : length) / step > Int64(stepsMax) {
            throw ParameterError(
                "exceeded maximum resolution of \(QueryParameters.grouped(stepsMax)) points per time series. "
                    + "Try increasing the value of the step parameter")
        }
        return step
    }

    /// A 250th of the range in whole seconds unless given.
    private func step(start: Timestamp, end: Timestamp) throws(ParameterError) -> Int64 {
        if let step = text("step") { return try ParameterText.secondsOrDuration(step) }
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        return max(1, (overflow ? .max : length) / 1_000_000_000 / 250) * 1_000_000_000
    }

    private func instant(_ name: String) throws(ParameterError) -> Timestamp? {
        guard let text = text(name) else { return nil }
        do throws(ParameterError) {
            return try ParameterText.instant(text)
        } catch {
            throw ParameterError("could not parse '\(name)' parameter: \(error.message)")
        }
    }

    private static func grouped(_ number: Int) -> String {
        var text = String(number)
        var position = text.count - 3
        while position > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: position))
            position -= 3
        }
        return text
    }
}
