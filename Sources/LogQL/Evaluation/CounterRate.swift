/// The increase of a counter per second, with what was lost at resets added back.
enum CounterRate {
    /// The rate over a window of `seconds`; 0 for fewer than two samples.
    static func value(of samples: [FoldedSample], seconds: Double) -> Double {
        guard samples.count >= 2 else { return 0 }
        var increase = 0.0
        let sorted = samples.sorted { $0.timestamp < $1.timestamp }
        for (previous, current) in zip(sorted, sorted.dropFirst()) {
            // A counter that falls has begun at zero again.
            increase += current.value < previous.value ? current.value : current.value - previous.value
        }
        return increase / seconds
    }
}
