extension StageConfiguration {
    /// Settings of `limit`.
    public struct Limit: Sendable, Hashable {
        /// Lines per second.
        public var rate: Double
        /// How many lines may come at once.
        public var burst: Int
        /// Whether further lines are dropped; otherwise reading waits, and nothing is lost.
        public var drops = false
        /// The label whose values have a rate each (`by_label_name`); nil is one rate for all.
        public var labelName: String?
        /// How many values are told apart (`max_distinct_labels`); beyond, all start anew.
        public var distinctLabelsMax = 10_000

        /// Creates the stage's settings.
        public init(rate: Double, burst: Int) {
            self.rate = rate
            self.burst = burst
        }
    }

    /// One metric of `metrics`.
    public struct Metric: Sendable, Hashable {
        /// What a metric's values mean.
        public enum Kind: String, Sendable, CaseIterable {
            /// A count that only rises.
            case counter
            /// A value that goes up and down.
            case gauge
            /// Observations by size.
            case histogram
        }

        /// What a line does to the value.
        public enum Action: Sendable, Hashable {
            /// Adds one (`inc`).
            case increase
            /// Takes one away (`dec`).
            case decrease
            /// Adds the extracted value.
            case add
            /// Takes the extracted value away (`sub`).
            case subtract
            /// Becomes the extracted value.
            case set
            /// Counts the extracted value in its bucket.
            case observe
        }

        /// The name without the prefix.
        public var name: String
        /// What stands before the name.
        public var prefix = "promtail_custom_"
        /// What its values mean.
        public var kind: Kind
        /// One sentence about it (`description`).
        public var help = ""
        /// The extracted value it looks at; nil takes the name.
        public var source: String?
        /// What a line does to it.
        public var action: Action
        /// The text that the extracted value must be; nil takes any.
        public var value: String?
        /// Whether every line counts, with the extracted value or without (`match_all`).
        public var matchesAll = false
        /// Whether the line's length is added (`count_entry_bytes`).
        public var countsBytes = false
        /// The upper bounds of a histogram, rising.
        public var buckets: [Double] = []
        /// How long a series that does not change is shown (`max_idle_duration`).
        public var idleMax: Duration = .seconds(300)

        /// Creates a metric.
        public init(name: String, kind: Kind, action: Action) {
            self.name = name
            self.kind = kind
            self.action = action
        }
    }

    /// Settings of `eventlogmessage`.
    public struct EventLogMessage: Sendable, Hashable {
        /// The extracted value that holds the text.
        public var source = "message"
        /// Whether keys that are no label names are left out; otherwise they are made some.
        public var dropsInvalidNames = false
        /// Whether a value that is there already is replaced; otherwise the new one's name ends in `_extracted`.
        public var overwritesExisting = false

        /// Creates Promtail's defaults.
        public init() {}
    }
}
