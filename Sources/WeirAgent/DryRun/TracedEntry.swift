public import WeirModel

/// What the stages of a configuration did to one entry.
public struct TracedEntry: Sendable {
    /// One stage and what it changed.
    public struct Step: Sendable, Hashable {
        /// The stage's name in the configuration.
        public var stage: String
        /// What is different behind it.
        public var changes: [Change]
        /// Why the entry went no further; nil when it did.
        public var end: End?
    }

    /// Why an entry went no further.
    public enum End: Sendable, Hashable {
        /// A stage dropped it.
        case dropped
        /// A stage keeps it until it knows whether the next line belongs to it.
        case held
    }

    /// Something that a stage changed.
    public struct Change: Sendable, Hashable {
        /// What: `label level`, `value status`, `line`, `time`.
        public var subject: String
        /// What it was; nil when it was not there.
        public var before: String?
        /// What it is; nil when it is gone.
        public var after: String?

        /// Creates a change.
        public init(subject: String, before: String?, after: String?) {
            self.subject = subject
            self.before = before
            self.after = after
        }
    }

    /// The line as it came to the first stage.
    public var input = ""
    /// What each stage did, in order.
    public var steps: [Step] = []
    /// The entry that would be sent; nil when it went no further.
    public var output: Output?

    /// An entry that would be sent.
    public struct Output: Sendable, Hashable {
        /// Its time, nanoseconds since 1970 UTC.
        public var timestamp: Int64
        /// The labels of its stream.
        public var labels: LabelSet
        /// Its structured metadata.
        public var metadata: [Label]
        /// Its line.
        public var line: String
    }
}
