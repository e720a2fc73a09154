/// Merges the parts of one series into the folds of its windows, one instant after the other.
///
/// Parts are sorted by span, so a window is a run of neighbouring parts that only moves forward: a queue kept as two
/// stacks gives each window's fold in constant time on average, without ever taking a sample out of a fold again (which
/// would cost digits, and is impossible for a maximum).
struct WindowMerge<Fold: SampleFold> {
    typealias Part = SampleCollector<Fold>.Part

    private let parts: ArraySlice<Part>
    /// The next part to enter.
    private var next: Int
    /// The next part to leave.
    private var oldest: Int
    /// Folds of the oldest parts, each with all behind it that are in `front` too; the oldest part's is the last.
    private var front: [Fold] = []
    /// The fold of the parts behind those.
    private var back: Fold?

    init(_ parts: ArraySlice<Part>) {
        self.parts = parts
        next = parts.startIndex
        oldest = parts.startIndex
    }

    /// The fold of the window of an instant; nil when it is empty. Positions only rise from call to call.
    mutating func fold(at instant: Int32) -> Fold? {
        while next < parts.endIndex, parts[next].span.first <= instant {
            if back == nil { back = parts[next].fold } else { back!.merge(parts[next].fold) }
            next += 1
        }
        while oldest < next, parts[oldest].span.last < instant { removeOldest() }
        guard let last = front.last else { return back }
        guard let back else { return last }
        var whole = last
        whole.merge(back)
        return whole
    }

    private mutating func removeOldest() {
        if front.isEmpty {
            for index in (oldest..<next).reversed() {
                var fold = parts[index].fold
                if let newer = front.last { fold.merge(newer) }
                front.append(fold)
            }
            back = nil
        }
        front.removeLast()
        oldest += 1
    }

    /// The parts of the window of an instant, for folds that are too large to merge; not to be mixed with the other.
    mutating func parts(at instant: Int32) -> ArraySlice<Part> {
        while next < parts.endIndex, parts[next].span.first <= instant { next += 1 }
        while oldest < next, parts[oldest].span.last < instant { oldest += 1 }
        return parts[oldest..<next]
    }
}
