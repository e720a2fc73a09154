/// Quantiles as Prometheus computes them: linear between the two nearest of the sorted values.
enum Quantile {
    /// The quantile `fraction` of `values`; below 0 it is -Inf, above 1 +Inf.
    static func value(_ fraction: Double, of values: [Double]) -> Double {
        if fraction.isNaN || values.isEmpty { return .nan }
        if fraction < 0 { return -.infinity }
        if fraction > 1 { return .infinity }
        // NaN sorts below everything, as in Go.
        let sorted = values.sorted { $0 < $1 || ($0.isNaN && !$1.isNaN) }
        let rank = fraction * Double(sorted.count - 1)
        let lower = Int(rank.rounded(.down))
        let upper = min(lower + 1, sorted.count - 1)
        let weight = rank - rank.rounded(.down)
        return sorted[lower] * (1 - weight) + sorted[upper] * weight
    }
}
