public import WeirModel

/// A test of rules as a file describes it: what comes in, and which alerts and series must come of it.
///
/// promtool's tests, with lines beside series. All times are nanoseconds after the start of the test.
public struct RuleTest: Sendable {
    /// One series and its values, a step apart.
    public struct InputSeries: Sendable, Hashable {
        /// Its labels, the name among them.
        public var labels: LabelSet
        /// Its values; nil is a gap.
        public var values: [Double?]

        /// Creates a series.
        public init(labels: LabelSet, values: [Double?]) {
            self.labels = labels
            self.values = values
        }
    }

    /// One line, or several a distance apart.
    public struct InputLine: Sendable, Hashable {
        /// The labels of its stream.
        public var labels: LabelSet
        /// When the first comes.
        public var atNanoseconds: Int64
        /// The distance of the others.
        public var everyNanoseconds: Int64
        /// How many there are.
        public var count: Int
        /// The text, in which `{{.n}}` is the number of the line from 0.
        public var line: String

        /// Creates lines.
        public init(labels: LabelSet, atNanoseconds: Int64, everyNanoseconds: Int64, count: Int, line: String) {
            self.labels = labels
            self.atNanoseconds = atNanoseconds
            self.everyNanoseconds = everyNanoseconds
            self.count = count
            self.line = line
        }
    }

    /// An alert that must be there.
    public struct ExpectedAlert: Sendable, Hashable {
        /// Its labels without `alertname`.
        public var labels: LabelSet
        /// Its annotations.
        public var annotations: LabelSet
        /// How far it must have come.
        public var state: ActiveAlert.State

        /// Creates an alert.
        public init(labels: LabelSet, annotations: LabelSet, state: ActiveAlert.State = .firing) {
            self.labels = labels
            self.annotations = annotations
            self.state = state
        }
    }

    /// The alerts of one name at one time: these and no others.
    public struct AlertExpectation: Sendable, Hashable {
        /// When.
        public var atNanoseconds: Int64
        /// The rule's name.
        public var name: String
        /// The group's name; nil for any.
        public var group: String?
        /// The alerts.
        public var alerts: [ExpectedAlert]

        /// Creates an expectation.
        public init(atNanoseconds: Int64, name: String, group: String?, alerts: [ExpectedAlert]) {
            self.atNanoseconds = atNanoseconds
            self.name = name
            self.group = group
            self.alerts = alerts
        }
    }

    /// The answer to a question at one time.
    public struct QueryExpectation: Sendable, Hashable {
        /// When.
        public var atNanoseconds: Int64
        /// The question.
        public var expression: String
        /// The samples: these and no others.
        public var samples: [LabelSet: Double]

        /// Creates an expectation.
        public init(atNanoseconds: Int64, expression: String, samples: [LabelSet: Double]) {
            self.atNanoseconds = atNanoseconds
            self.expression = expression
            self.samples = samples
        }
    }

    /// What the test is called.
    public var name = ""
    /// When it starts.
    public var start = Timestamp(nanoseconds: 0)
    /// The distance of a series' values.
    public var stepNanoseconds: Int64 = 60 * 1_000_000_000
    /// Labels that alerts get where they lack them.
    public var externalLabels = LabelSet()
    /// The server's address.
    public var externalURL = ""
    /// The series.
    public var series: [InputSeries] = []
    /// The lines.
    public var lines: [InputLine] = []
    /// Which alerts must be there.
    public var alerts: [AlertExpectation] = []
    /// Which answers must come.
    public var queries: [QueryExpectation] = []

    /// Creates an empty test.
    public init() {}

    /// The last time that anything is looked at.
    var endNanoseconds: Int64 {
        max(alerts.map(\.atNanoseconds).max() ?? 0, queries.map(\.atNanoseconds).max() ?? 0)
    }
}
