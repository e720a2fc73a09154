internal import ArgumentParser
internal import WeirAPI
internal import WeirSystem

/// Which stretch of time a question is about.
struct TimeWindow: ParsableArguments {
    @Option(help: "How far back, such as 30m, 1h or 2d.")
    var since = "1h"

    @Option(
        help: "Start instead of --since: `2h ago`, `yesterday 14:30`, `2026-03-10`, RFC 3339, seconds, nanoseconds.")
    var from: String?

    @Option(help: "End, written like --from; now when left out.")
    var to: String?

    /// The parameters of a request. What only people write is read here, everything else by the server.
    var parameters: [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        let now = SystemClock().now()
        if let from {
            parameters.append(("start", HumanTime.parse(from, now: now).map(String.init) ?? from))
        } else {
            parameters.append(("since", since))
        }
        if let to { parameters.append(("end", HumanTime.parse(to, now: now).map(String.init) ?? to)) }
        return parameters
    }

    /// The instants themselves, for commands that ask for the range piece by piece.
    func range(now: Int64) throws -> Range<Int64> {
        let end = try to.map { try Self.instant($0, option: "--to", now: now) } ?? now
        let start: Int64
        if let from {
            start = try Self.instant(from, option: "--from", now: now)
        } else {
            guard let length = ParameterText.duration(since) else {
                throw ValidationError("--since \(since): write a duration such as 30m, 1h or 2d")
            }
            start = end - length
        }
        guard start < end else { throw ValidationError("the range ends before it starts") }
        return start..<end
    }

    private static func instant(_ text: String, option: String, now: Int64) throws -> Int64 {
        guard let instant = HumanTime.parse(text, now: now) else {
            throw ValidationError(
                "\(option) \(text): write `2h ago`, `yesterday 14:30`, a date, RFC 3339 or nanoseconds")
        }
        return instant
    }
}
