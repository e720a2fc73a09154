/// What `query` and `query_range` answer.
struct QueryAnswer: Decodable {
    let data: Payload

    struct Payload: Decodable {
        let result: Result
        /// What it took; nil from servers that do not say.
        let stats: Statistics?
    }

    /// The part of Loki's `stats` that people look at.
    struct Statistics: Decodable {
        struct Summary: Decodable {
            var totalBytesProcessed = 0
            var totalLinesProcessed = 0
            var totalEntriesReturned = 0
            var execTime = 0.0
        }

        var summary = Summary()

        /// Both together; their times are added, though they may have passed at once.
        func adding(_ other: Statistics) -> Statistics {
            var sum = self
            sum.summary.totalBytesProcessed += other.summary.totalBytesProcessed
            sum.summary.totalLinesProcessed += other.summary.totalLinesProcessed
            sum.summary.totalEntriesReturned += other.summary.totalEntriesReturned
            sum.summary.execTime += other.summary.execTime
            return sum
        }

        /// `12 entries from 40000 lines, 3.1 MiB, in 0.08 s (0.11 s with the way there and back)`
        func text(taken: Duration) -> String {
            func seconds(_ value: Double) -> String { "\((value * 1000).rounded() / 1000) s" }
            let whole = Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18
            return "\(summary.totalEntriesReturned) entries from \(summary.totalLinesProcessed) lines, "
                + "\(ByteText.short(summary.totalBytesProcessed)), in \(seconds(summary.execTime)) "
                + "(\(seconds(whole)) with the way there and back)"
        }
    }

    /// The kinds of results, by `resultType`.
    enum Result {
        case streams([Stream])
        case matrix([Series])
        case vector([Sample])
        case scalar(Point)
    }

    /// The entries of one label set.
    struct Stream: Decodable {
        let stream: [String: String]
        let values: [Entry]
    }

    /// One line; `["<nanoseconds>", "<line>"]`, with structured metadata as a possible third element.
    struct Entry: Decodable {
        let nanoseconds: Int64
        let line: String
        /// Structured metadata, where the server was asked to keep it apart from the labels.
        let metadata: [String: String]

        private struct Categories: Decodable {
            let structuredMetadata: [String: String]?
        }

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            let text = try values.decode(String.self)
            guard let nanoseconds = Int64(text) else {
                throw DecodingError.dataCorruptedError(in: values, debugDescription: "timestamp \(text)")
            }
            self.nanoseconds = nanoseconds
            line = try values.decode(String.self)
            let categories = values.isAtEnd ? nil : try values.decode(Categories.self)
            metadata = categories?.structuredMetadata ?? [:]
        }
    }

    /// The points of one label set.
    struct Series: Decodable {
        let metric: [String: String]
        let values: [Point]
    }

    /// The point of one label set.
    struct Sample: Decodable {
        let metric: [String: String]
        let value: Point
    }

    /// An instant in seconds and the text of a number.
    struct Point: Decodable {
        let seconds: Double
        let value: String

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            seconds = try values.decode(Double.self)
            value = try values.decode(String.self)
        }
    }
}

extension QueryAnswer.Payload {
    private enum Key: String, CodingKey {
        case resultType, result, stats
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        stats = try? values.decodeIfPresent(QueryAnswer.Statistics.self, forKey: .stats)
        switch try values.decode(String.self, forKey: .resultType) {
        case "streams": result = .streams(try values.decode([QueryAnswer.Stream].self, forKey: .result))
        case "matrix": result = .matrix(try values.decode([QueryAnswer.Series].self, forKey: .result))
        case "vector": result = .vector(try values.decode([QueryAnswer.Sample].self, forKey: .result))
        case "scalar": result = .scalar(try values.decode(QueryAnswer.Point.self, forKey: .result))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .resultType, in: values, debugDescription: "result type \(other)")
        }
    }
}

/// What the label endpoints answer; `data` is missing when there is nothing.
struct NamesAnswer: Decodable {
    let data: [String]?
}

/// What `series` answers.
struct SeriesAnswer: Decodable {
    let data: [[String: String]]?
}

/// What an agent follows and where it sends.
struct AgentTargetsAnswer: Decodable {
    struct Target: Decodable {
        let path: String
        let labels: String
        let lag: Int
        let lines: Int
    }

    struct Destination: Decodable {
        let name: String
        let sent: Int
        let dropped: Int
    }

    let targets: [Target]
    let destinations: [Destination]
}
