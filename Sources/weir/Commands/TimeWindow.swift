internal import ArgumentParser

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
}
