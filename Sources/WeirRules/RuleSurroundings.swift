public import LogQL
public import WeirModel

/// A question that a rule asks.
public struct RuleQuestion: Sendable {
    /// Whose lines and series.
    public var tenant: Tenant
    /// The expression.
    public var text: String
    /// The instant it is asked for.
    public var instant: Timestamp
    /// Whether a line with an error fails it instead of being left out.
    public var failsOnLineErrors: Bool
    /// What questions of the same evaluation share, so that equal parts are read once.
    public var sharing: SharedScans?

    /// Creates a question.
    public init(
        tenant: Tenant, text: String, instant: Timestamp, failsOnLineErrors: Bool = false, sharing: SharedScans? = nil
    ) {
        self.tenant = tenant
        self.text = text
        self.instant = instant
        self.failsOnLineErrors = failsOnLineErrors
        self.sharing = sharing
    }
}

/// What rules need from outside: answers, a place for samples, a clock for durations, and what alerts say about us.
public struct RuleSurroundings: Sendable {
    /// Answers a question.
    public typealias Ask = @Sendable (RuleQuestion) async throws(RuleError) -> [InstantSample]

    /// Answers questions.
    public var ask: Ask
    /// Keeps samples; returns once later rules can see them.
    public var record: @Sendable (Tenant, [InstantSample]) async -> Void
    /// Nanoseconds that never go back.
    public var monotonicNanoseconds: @Sendable () -> Int64
    /// Labels that alerts get where they lack them.
    public var externalLabels: LabelSet
    /// The server's address as people reach it.
    public var externalURL: String
    /// How long a firing alert is not repeated.
    public var resendNanoseconds: Int64
    /// Makes the address where the condition of an alert can be looked at.
    public var generatorURL: @Sendable (_ expression: String) -> String

    /// The time between two repetitions of a firing alert that Prometheus and Loki take.
    public static let resendNanosecondsDefault: Int64 = 60 * 1_000_000_000

    /// Creates surroundings.
    public init(
        ask: @escaping Ask, record: @escaping @Sendable (Tenant, [InstantSample]) async -> Void = { _, _ in },
        monotonicNanoseconds: @escaping @Sendable () -> Int64 = { 0 }, externalLabels: LabelSet = .empty,
        externalURL: String = "", resendNanoseconds: Int64 = RuleSurroundings.resendNanosecondsDefault,
        generatorURL: @escaping @Sendable (_ expression: String) -> String = { _ in "" }
    ) {
        self.ask = ask
        self.record = record
        self.monotonicNanoseconds = monotonicNanoseconds
        self.externalLabels = externalLabels
        self.externalURL = externalURL
        self.resendNanoseconds = resendNanoseconds
        self.generatorURL = generatorURL
    }
}
