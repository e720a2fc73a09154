/// The increase of a counter per second, with what was lost at resets added back.
enum CounterRate {
    /// The rate over a window; 0 for fewer than two samples.
    ///
    /// Loki means to extrapolate to the start of the window, but adds milliseconds to nanoseconds, so that next to
    /// nothing is added. Answers are compared digit by digit, so the same next to nothing is added here.
    static func value(of samples: [FoldedSample], windowNanoseconds: Int64) -> Double {
        guard samples.count >= 2 else { return 0 }
        let sorted = samples.sorted { $0.timestamp < $1.timestamp }
        let (first, last) = (sorted[0], sorted[sorted.count - 1])
        let increase = growth(of: sorted)
        let sampled = Double(last.timestamp - first.timestamp) / 1000
        let between = sampled / Double(sorted.count - 1)
        var toStart = Double(windowNanoseconds / 1_000_000) / 1000
        if increase > 0 && first.value >= 0 { toStart = min(toStart, sampled * (first.value / increase)) }
        let extrapolated = sampled + (toStart < between * 1.1 ? toStart : between / 2)
        return increase * (extrapolated / sampled) / (Double(windowNanoseconds) / 1e9)
    }

    /// How much a counter grew from the first sample to the last; 0 for fewer than two.
    static func increase(of samples: [FoldedSample]) -> Double {
        samples.count < 2 ? 0 : growth(of: samples.sorted { $0.timestamp < $1.timestamp })
    }

    /// The last sample less the first, and what was lost wherever the counter started again.
    private static func growth(of sorted: [FoldedSample]) -> Double {
        var increase = sorted[sorted.count - 1].value - sorted[0].value
        for (previous, current) in zip(sorted, sorted.dropFirst()) where current.value < previous.value {
            increase += previous.value
        }
        return increase
    }
}
