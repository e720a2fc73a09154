/// Lengths of time as Prometheus writes them: `1h30m`, `500ms`, `0`.
public enum PrometheusDuration {
    /// Nanoseconds; nil when the text is none.
    public static func nanoseconds(_ text: String) -> Int64? { try? DurationText.prometheus(text) }

    /// The shortest text; what is below a millisecond is left out.
    public static func text(_ nanoseconds: Int64) -> String { DurationText.prometheusText(nanoseconds) }
}
