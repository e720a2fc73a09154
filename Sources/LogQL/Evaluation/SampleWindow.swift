import WeirBytes
import WeirModel

/// What a function over a window makes of the samples in it, as Prometheus does.
struct SampleWindow {
    let function: SampleWindowSyntax.Function
    let parameter: Double?
    let windowNanoseconds: Int64

    /// The value of a window that ends at `end`; nil for none. `samples` hold no ends of series.
    func value(of samples: ArraySlice<Sample>, end: Timestamp) -> Double? {
        guard let first = samples.first, let last = samples.last else { return nil }
        switch function {
        case .rate: return extrapolated(samples, end, isCounter: true, perSecond: true)
        case .increase: return extrapolated(samples, end, isCounter: true, perSecond: false)
        case .delta: return extrapolated(samples, end, isCounter: false, perSecond: false)
        case .irate, .idelta: return lastStep(samples)
        case .deriv: return slope(samples)
        case .changes:
            return count(samples) { before, after in before != after && !(before.isNaN && after.isNaN) }
        case .resets: return count(samples) { before, after in after < before }
        case .countOverTime: return Double(samples.count)
        case .sumOverTime: return samples.reduce(0) { $0 + $1.value }
        case .avgOverTime: return samples.reduce(0) { $0 + $1.value / Double(samples.count) }
        case .minOverTime: return extreme(samples) { $0 < $1 }
        case .maxOverTime: return extreme(samples) { $0 > $1 }
        case .stddevOverTime: return variance(samples).squareRoot()
        case .stdvarOverTime: return variance(samples)
        case .quantileOverTime: return Quantile.value(parameter ?? .nan, of: samples.map(\.value))
        case .firstOverTime: return first.value
        case .lastOverTime: return last.value
        case .presentOverTime: return 1
        case .absentOverTime: return nil
        }
    }

    /// The growth of a window, estimated at its edges: samples seldom lie exactly there.
    ///
    /// Up to an edge that is nearer than 1.1 times the average distance of samples the growth is taken to go on; else half
    /// that distance is added. A counter is not taken to have been below zero.
    private func extrapolated(
        _ samples: ArraySlice<Sample>, _ end: Timestamp, isCounter: Bool, perSecond: Bool
    ) -> Double? {
        guard samples.count >= 2, let first = samples.first, let last = samples.last else { return nil }
        var growth = last.value - first.value
        if isCounter {
            for (before, after) in zip(samples, samples.dropFirst()) where after.value < before.value {
                growth += before.value
            }
        }
        let start = end.advanced(byNanoseconds: -windowNanoseconds)
        var toStart = Double(first.timestamp.nanoseconds - start.nanoseconds) / 1e9
        var toEnd = Double(end.nanoseconds - last.timestamp.nanoseconds) / 1e9
        let sampled = Double(last.timestamp.nanoseconds - first.timestamp.nanoseconds) / 1e9
        guard sampled > 0 else { return nil }
        let average = sampled / Double(samples.count - 1)
        let threshold = average * 1.1
        if toStart >= threshold { toStart = average / 2 }
        if isCounter, growth > 0, first.value >= 0 { toStart = min(toStart, sampled * (first.value / growth)) }
        if toEnd >= threshold { toEnd = average / 2 }
        let factor = (sampled + toStart + toEnd) / sampled
        return growth * factor / (perSecond ? Double(windowNanoseconds) / 1e9 : 1)
    }

    /// Between the last two samples.
    private func lastStep(_ samples: ArraySlice<Sample>) -> Double? {
        guard samples.count >= 2, let last = samples.last else { return nil }
        let before = samples[samples.endIndex - 2]
        let isReset = function == .irate && last.value < before.value
        let growth = isReset ? last.value : last.value - before.value
        guard function == .irate else { return growth }
        let seconds = Double(last.timestamp.nanoseconds - before.timestamp.nanoseconds) / 1e9
        return seconds > 0 ? growth / seconds : nil
    }

    /// The slope per second of the line that fits best.
    private func slope(_ samples: ArraySlice<Sample>) -> Double? {
        guard samples.count >= 2, let origin = samples.first?.timestamp.nanoseconds else { return nil }
        let count = Double(samples.count)
        var (sumX, sumY, sumXY, sumX2) = (0.0, 0.0, 0.0, 0.0)
        for sample in samples {
            let x = Double(sample.timestamp.nanoseconds - origin) / 1e9
            sumX += x
            sumY += sample.value
            sumXY += x * sample.value
            sumX2 += x * x
        }
        let covariance = sumXY - sumX * sumY / count
        return covariance / (sumX2 - sumX * sumX / count)
    }

    private func count(_ samples: ArraySlice<Sample>, _ isCounted: (Double, Double) -> Bool) -> Double {
        Double(zip(samples, samples.dropFirst()).count { isCounted($0.value, $1.value) })
    }

    private func extreme(_ samples: ArraySlice<Sample>, _ isBetter: (Double, Double) -> Bool) -> Double {
        samples.dropFirst().reduce(samples[samples.startIndex].value) { best, sample in
            isBetter(sample.value, best) || best.isNaN ? sample.value : best
        }
    }

    private func variance(_ samples: ArraySlice<Sample>) -> Double {
        let count = Double(samples.count)
        let mean = samples.reduce(0) { $0 + $1.value } / count
        return samples.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / count
    }
}
