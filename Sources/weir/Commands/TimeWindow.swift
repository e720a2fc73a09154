internal import ArgumentParser
internal import WeirAPI

/// Which stretch of time a question is about.
struct TimeWindow: ParsableArguments {
    @Option(help: "How far back, such as 30m, 1h or 2d.")
    var since = "1h"

    @Option(help: "Start instead of --since: RFC 3339 or nanoseconds since 1970.")
    var from: String?

    @Option(help: "End: RFC 3339 or nanoseconds since 1970; now when left out.")
    var to: String?

    /// The parameters of a request; the server reads the times, so that both sides mean the same.
    var parameters: [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        if let from { parameters.append(("start", from)) } else { parameters.append(("since", since)) }
        if let to { parameters.append(("end", to)) }
        return parameters
    }

    /// The instants themselves, for commands that ask for the range piece by piece.
    func range(now: Int64) throws -> Range<Int64> {
        let end = try to.map { try Self.instant($0, option: "--to") } ?? now
        let start: Int64
        if let from {
            start = try Self.instant(from, option: "--from")
        } else {
            guard let length = ParameterText.duration(since) else {
                throw ValidationError("--since \(since): write a duration such as 30m, 1h or 2d")
            }
            start = end - length
        }
        guard start < end else { throw ValidationError("the range ends before it starts") }
        return start..<end
    }

    private static func instant(_ text: String, option: String) throws -> Int64 {
        guard let instant = Int64(text) ?? TimeText.parse(text) else {
            throw ValidationError("\(option) \(text): write RFC 3339 or nanoseconds since 1970")
        }
        return instant
    }
}
