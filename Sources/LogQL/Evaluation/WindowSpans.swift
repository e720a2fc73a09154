import WeirModel

/// Which instants of a query have a sample in their window `(t - range, t]`.
struct WindowSpans: Sendable {
    private let firstNanoseconds: Int64
    private let stepNanoseconds: Int64
    private let windowNanoseconds: Int64
    private let count: Int64

    /// The instants `first...last`, as positions.
    struct Span: Hashable, Sendable, Comparable {
        var first: Int32
        var last: Int32

        static func < (left: Span, right: Span) -> Bool {
            left.first != right.first ? left.first < right.first : left.last < right.last
        }
    }

    /// A span and the stretch of time whose samples all have it.
    struct Stretch {
        var span: Span?
        var from: Int64
        var to: Int64

        /// Holds no instant, so that the first sample looks its own up.
        static let none = Stretch(span: nil, from: 1, to: 0)

        @inline(__always) func contains(_ timestamp: Int64) -> Bool { from <= timestamp && timestamp <= to }
    }

    init(_ instants: StepInstants, windowNanoseconds: Int64, offsetNanoseconds: Int64) {
        firstNanoseconds = instants.first.advanced(byNanoseconds: -offsetNanoseconds).nanoseconds
        // A single instant has no step; the window's length makes each sample belong to it or to none.
        stepNanoseconds = instants.count == 1 ? max(windowNanoseconds, 1) : instants.stepNanoseconds
        self.windowNanoseconds = windowNanoseconds
        count = Int64(instants.count)
    }

    /// The span of samples at `timestamp`, and how far around it holds; the span is nil between windows.
    ///
    /// ```
    ///      first instant at or behind the sample      last instant whose window begins before it
    ///   ───●───────x──────●───────────────●───────────────●──────(──────●
    /// ```
    func stretch(around timestamp: Int64) -> Stretch {
        let distance = Int128(timestamp) - Int128(firstNanoseconds)
        let step = Int128(stepNanoseconds)
        let window = Int128(windowNanoseconds)
        let first = WindowSpans.floorDivide(distance + step - 1, step)
        let last = WindowSpans.floorDivide(distance + window - 1, step)
        // Both stay the same until the next instant, and the next beginning of a window.
        let from = max((first - 1) * step + 1, last * step - window + 1)
        let to = min(first * step, (last + 1) * step - window)
        let low = max(first, 0)
        let high = min(last, Int128(count) - 1)
        return Stretch(
            span: low <= high ? Span(first: Int32(low), last: Int32(high)) : nil,
            from: Int64(clamping: from + Int128(firstNanoseconds)), to: Int64(clamping: to + Int128(firstNanoseconds)))
    }

    private static func floorDivide(_ value: Int128, _ divisor: Int128) -> Int128 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
