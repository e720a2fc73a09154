/// Quantiles as Prometheus computes them: linear between the two nearest of the sorted values.
enum Quantile {
    /// The quantile `fraction` of `values`; below 0 it is -Inf, above 1 +Inf.
    static func value(_ fraction: Double, of values: [Double]) -> Double {
        if fraction.isNaN || values.isEmpty { return .nan }
        if fraction < 0 { return -.infinity }
        if fraction > 1 { return .infinity }
        let rank = fraction * Double(values.count - 1)
        let lower = Int(rank.rounded(.down))
        let weight = rank - rank.rounded(.down)
        var values = values
        let (low, high) = values.withUnsafeMutableBufferPointer { values in
            Quantile.partition(values, at: lower)
            // What stands behind the place is not smaller, so the next in order is the smallest of it.
            let behind = values[min(lower + 1, values.count - 1)...]
            return (values[lower], behind.min(by: Quantile.isOrdered) ?? values[lower])
        }
        return low * (1 - weight) + high * weight
    }

    /// NaN sorts below everything, as in Go.
    @inline(__always)
    private static func isOrdered(_ left: Double, _ right: Double) -> Bool {
        left < right || (left.isNaN && !right.isNaN)
    }

    /// Moves values until the one that sorting would put at `place` is there, with none larger before it and none
    /// smaller behind it.
    private static func partition(_ values: UnsafeMutableBufferPointer<Double>, at place: Int) {
        var low = 0
        var high = values.count - 1
        while low < high {
            let pivot = median(values[low], values[low + (high - low) / 2], values[high])
            var left = low
            var right = high
            while left <= right {
                while isOrdered(values[left], pivot) { left += 1 }
                while isOrdered(pivot, values[right]) { right -= 1 }
                guard left <= right else { break }
                values.swapAt(left, right)
                left += 1
                right -= 1
            }
            if place <= right {
                high = right
            } else if place >= left {
                low = left
            } else {
                return
            }
        }
    }

    private static func median(_ first: Double, _ second: Double, _ third: Double) -> Double {
        let (small, large) = isOrdered(second, first) ? (second, first) : (first, second)
        if isOrdered(third, small) { return small }
        return isOrdered(large, third) ? large : third
    }
}
