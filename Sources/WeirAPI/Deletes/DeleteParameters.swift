internal import LogQL
internal import WeirModel

/// The parameters of a request to delete, with Loki's checks and messages.
struct DeleteParameters {
    private let request: APIRequest

    init(_ request: APIRequest) {
        self.request = request
    }

    /// What is to be deleted.
    func target() throws(ParameterError) -> DeleteControl.Target {
        guard let query = request.parameter("query"), !query.isEmpty else { throw ParameterError("query not set") }
        let selection: LineSelection
        do {
            selection = try LineSelection(query)
        } catch {
            throw ParameterError("invalid query expression: \(error.message)")
        }
        guard let text = request.parameter("start"), !text.isEmpty else { throw ParameterError("start time not set") }
        guard let start = DeleteParameters.instant(text) else {
            throw ParameterError("invalid start time: require unix seconds or RFC3339 format")
        }
        let end = try end()
        guard end <= request.arrival else { throw ParameterError("deletes in the future are not allowed") }
        guard start < end else { throw ParameterError("start time can't be greater than or equal to end time") }
        try checkInterval(start: start, end: end, hasFilters: !selection.takesWholeStreams)
        // The end is meant too.
        return DeleteControl.Target(
            tenant: request.tenant, query: query, matchers: selection.matchers,
            range: TimeRange(start: start, end: end.advanced(byNanoseconds: 1)))
    }

    /// `request_id`, as ``text(of:)`` writes it.
    func id() -> Int64? {
        request.parameter("request_id").flatMap { Int64($0, radix: 16) }
    }

    /// The number of a request as clients see it.
    static func text(of id: Int64) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
    }

    private func end() throws(ParameterError) -> Timestamp {
        guard let text = request.parameter("end"), !text.isEmpty else { return request.arrival }
        guard let end = DeleteParameters.instant(text) else {
            throw ParameterError("invalid end time: require unix seconds or RFC3339 format")
        }
        return end
    }

    /// Loki splits a request by this; here only what it may say is checked.
    private func checkInterval(start: Timestamp, end: Timestamp, hasFilters: Bool) throws(ParameterError) {
        guard let text = request.parameter("max_interval"), !text.isEmpty, hasFilters else { return }
        guard let interval = ParameterText.duration(text), interval >= Timestamp.nanosecondsPerSecond else {
            throw ParameterError("invalid max_interval: valid time units are 's', 'm', 'h'")
        }
        let (difference, overflow) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        let length = overflow ? .max : difference
        guard interval <= length else {
            throw ParameterError(
                "max_interval can't be greater than the interval to be deleted (\(DeleteParameters.goText(length)))")
        }
    }

    /// RFC 3339, or exactly ten digits of Unix seconds: a thirteenth would delete what nobody meant.
    private static func instant(_ text: String) -> Timestamp? {
        if let instant = TimeText.parse(text) { return Timestamp(nanoseconds: instant) }
        guard text.utf8.count == 10, let seconds = Int64(text), seconds >= 0 else { return nil }
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: Timestamp.nanosecondsPerSecond)
        return Timestamp(nanoseconds: overflow ? .max : nanoseconds)
    }

    /// A duration as Go prints it, whole milliseconds: `24h0m0s`, `1m30s`, `1.5s`.
    private static func goText(_ nanoseconds: Int64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        let (minutes, rest) = (milliseconds / 60_000, milliseconds % 60_000)
        var text = String(rest / 1000)
        if rest % 1000 > 0 {
            var digits = String(1000 + rest % 1000).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        let hours = minutes / 60
        return (hours > 0 ? "\(hours)h" : "") + (minutes > 0 ? "\(minutes % 60)m" : "") + text + "s"
    }
}
