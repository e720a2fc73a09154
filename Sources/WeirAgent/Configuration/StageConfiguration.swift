/// One stage of `pipeline_stages`, as configured. Names and meanings are Promtail's.
public indirect enum StageConfiguration: Sendable, Hashable {
    /// Takes Docker's record apart: line, `stream` label and time.
    case docker
    /// Takes a line of a container runtime apart: line, `stream` label and time.
    case cri(CRI)
    /// Extracts values from JSON.
    case json(JSON)
    /// Extracts values from logfmt.
    case logfmt(Logfmt)
    /// Extracts the named groups of a pattern.
    case regex(expression: String, source: String?)
    /// Sets the entry's time from an extracted value.
    case timestamp(TimestampStage)
    /// Sets the line from an extracted value.
    case output(source: String)
    /// Sets labels from extracted values: label → source; a nil source takes the label's own name.
    case labels([String: String?])
    /// Sets labels to fixed values.
    case staticLabels([String: String])
    /// Removes labels.
    case labelDrop([String])
    /// Removes all other labels.
    case labelAllow([String])
    /// Moves extracted values, or labels, into structured metadata: name → source; nil takes the name itself.
    case structuredMetadata([String: String?])
    /// Drops lines.
    case drop(Drop)
    /// Runs stages on, or drops, lines of matching streams.
    case match(Match)
    /// Joins lines that belong together.
    case multiline(Multiline)
    /// Replaces parts of the line or of an extracted value; `replacement` may use `{{ .Value }}`.
    case replace(expression: String, source: String?, replacement: String)
    /// Sets the tenant.
    case tenant(Tenant)
    /// Removes ANSI colours from the line.
    case decolorize
    /// Keeps a share of the lines, between 0 and 1.
    case sampling(rate: Double)
    /// Drops, or holds back, lines beyond a rate per second.
    case limit(Limit)
    /// Sets an extracted value to the text of a template over all of them.
    case template(source: String, template: String)
    /// Counts and measures lines under metrics of the user's own.
    case metrics([Metric])
    /// Takes the text of a Windows event apart.
    case eventLogMessage(EventLogMessage)
    /// Packs labels and the line into one JSON object.
    case pack(labels: [String], usesReadTime: Bool)
    /// A stage that Promtail knows and Weir does not run; the loader has warned about it by this name.
    case unsupported(name: String)

    /// Settings of `cri`.
    public struct CRI: Sendable, Hashable {
        /// How many streams may hold a partial line (`max_partial_lines`).
        public var partialLinesMax = 100
        /// The longest joined line in bytes (`max_partial_line_size`), 0 for none.
        public var partialLineBytesMax = 0
        /// Whether longer ones are cut (`max_partial_line_size_truncate`).
        public var truncates = false

        /// Creates Promtail's defaults.
        public init() {}
    }

    /// Settings of `json`.
    public struct JSON: Sendable, Hashable {
        /// Name in the extracted values → path in the object; nil takes the name itself.
        public var expressions: [String: String?]
        /// The extracted value to read; nil reads the line.
        public var source: String?
        /// Whether lines that are not JSON are dropped.
        public var dropsMalformed = false

        /// Creates the stage's settings.
        public init(expressions: [String: String?], source: String? = nil) {
            self.expressions = expressions
            self.source = source
        }
    }

    /// Settings of `logfmt`.
    public struct Logfmt: Sendable, Hashable {
        /// Name in the extracted values → key in the line; nil takes the name itself.
        public var mapping: [String: String?]
        /// The extracted value to read; nil reads the line.
        public var source: String?

        /// Creates the stage's settings.
        public init(mapping: [String: String?], source: String? = nil) {
            self.mapping = mapping
            self.source = source
        }
    }

    /// Settings of `timestamp`.
    public struct TimestampStage: Sendable, Hashable {
        /// The extracted value that holds the time.
        public var source: String
        /// Its form: `RFC3339`, `RFC3339Nano`, `Unix`, `UnixMs`, `UnixUs`, `UnixNs`, another of Go's names, or a layout.
        public var format: String
        /// Forms tried when the first does not fit.
        public var fallbackFormats: [String] = []
        /// The time zone of forms without one, as an IANA name.
        public var location: String?
        /// Whether a time that cannot be read is replaced by the stream's last one plus 1 ns (`fudge`); otherwise the
        /// time of reading stays (`skip`).
        public var fudgesOnFailure = true

        /// Creates the stage's settings.
        public init(source: String, format: String) {
            self.source = source
            self.format = format
        }
    }

    /// Settings of `drop`: all conditions given must hold.
    public struct Drop: Sendable, Hashable {
        /// The extracted values to look at; empty looks at the line.
        public var sources: [String] = []
        /// What stands between several values.
        public var separator = ";"
        /// The text that the values must equal.
        public var value: String?
        /// The pattern that must be found.
        public var expression: String?
        /// The age beyond which lines are dropped.
        public var olderThan: Duration?
        /// The length in bytes beyond which lines are dropped.
        public var longerThan: Int?
        /// The reason in metrics.
        public var reason = "drop_stage"

        /// Creates settings without a condition.
        public init() {}
    }

    /// Settings of `match`.
    public struct Match: Sendable, Hashable {
        /// A stream selector, possibly with line filters: `{app="web"} |= "debug"`.
        public var selector: String
        /// What matching lines go through.
        public var stages: [StageConfiguration] = []
        /// Whether matching lines are dropped instead (`action: drop`).
        public var drops = false
        /// The reason in metrics.
        public var reason = "match_stage"

        /// Creates the stage's settings.
        public init(selector: String) {
            self.selector = selector
        }
    }

    /// Settings of `multiline`.
    public struct Multiline: Sendable, Hashable {
        /// The pattern that the first line of a block matches.
        public var firstLine: String
        /// How long a block waits for its next line.
        public var waitMax: Duration = .seconds(3)
        /// The most lines in a block.
        public var linesMax = 128

        /// Creates the stage's settings.
        public init(firstLine: String) {
            self.firstLine = firstLine
        }
    }

    /// Where the tenant comes from.
    public enum Tenant: Sendable, Hashable {
        /// A label.
        case label(String)
        /// An extracted value.
        case source(String)
        /// A fixed name.
        case value(String)
    }
}
