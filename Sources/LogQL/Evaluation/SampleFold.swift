/// What a range aggregation keeps of the samples of a window.
///
/// Folds of parts of a window merge to the fold of the whole, in any order; so windows that overlap share the parts.
protocol SampleFold: Sendable {
    /// Whether the order of samples of one instant matters.
    static var isOrdered: Bool { get }
    /// The fold of one sample.
    init(_ sample: FoldedSample)
    /// Takes one more sample.
    mutating func add(_ sample: FoldedSample)
    /// Takes the samples of another fold.
    mutating func merge(_ other: Self)
    /// The fold of so many entries, whose samples are their lines' lengths or 1 each; nil when totals do not tell.
    static func total(entries: Int, bytes: Int, countsBytes: Bool) -> Self?

    /// Whether it grows with the samples that it takes.
    static var grows: Bool { get }
    /// About how many bytes it holds besides its own.
    var heldBytes: Int { get }
}

extension SampleFold {
    static var grows: Bool { false }
    var heldBytes: Int { 0 }
    static var isOrdered: Bool { false }
    static func total(entries: Int, bytes: Int, countsBytes: Bool) -> Self? { nil }
}

/// A sample on its way into a fold.
struct FoldedSample: Sendable {
    /// Nanoseconds since 1970 UTC.
    var timestamp: Int64
    /// The number: unwrapped, the length of the line, or 1.
    var value: Double
}

/// Counts samples.
struct CountFold: SampleFold {
    var count: Int64

    @inline(__always) init(_ sample: FoldedSample) { count = 1 }
    @inline(__always) mutating func add(_ sample: FoldedSample) { count += 1 }
    mutating func merge(_ other: CountFold) { count += other.count }

    static func total(entries: Int, bytes: Int, countsBytes: Bool) -> CountFold? {
        var fold = CountFold(FoldedSample(timestamp: 0, value: 1))
        fold.count = Int64(entries)
        return fold
    }
}

/// Adds samples up.
struct SumFold: SampleFold {
    var sum: Double

    @inline(__always) init(_ sample: FoldedSample) { sum = sample.value }
    @inline(__always) mutating func add(_ sample: FoldedSample) { sum += sample.value }
    mutating func merge(_ other: SumFold) { sum += other.sum }

    static func total(entries: Int, bytes: Int, countsBytes: Bool) -> SumFold? {
        SumFold(FoldedSample(timestamp: 0, value: Double(countsBytes ? bytes : entries)))
    }
}

/// The smallest sample; NaN only if there is nothing else.
struct MinFold: SampleFold {
    var value: Double

    init(_ sample: FoldedSample) { value = sample.value }
    mutating func add(_ sample: FoldedSample) {
        if sample.value < value || value.isNaN { value = sample.value }
    }
    mutating func merge(_ other: MinFold) {
        if other.value < value || value.isNaN { value = other.value }
    }
}

/// The largest sample; NaN only if there is nothing else.
struct MaxFold: SampleFold {
    var value: Double

    init(_ sample: FoldedSample) { value = sample.value }
    mutating func add(_ sample: FoldedSample) {
        if sample.value > value || value.isNaN { value = sample.value }
    }
    mutating func merge(_ other: MaxFold) {
        if other.value > value || value.isNaN { value = other.value }
    }
}

/// Mean and spread, without the loss of digits that sums of squares bring.
struct MomentsFold: SampleFold {
    var count: Double
    var mean: Double
    /// The sum of squared distances from the mean.
    var squares: Double

    init(_ sample: FoldedSample) {
        count = 1
        mean = sample.value
        squares = 0
    }

    mutating func add(_ sample: FoldedSample) {
        count += 1
        let distance = sample.value - mean
        // Infinite means would turn into NaN by subtracting infinity from infinity.
        if mean.isInfinite && (sample.value == mean || sample.value.isFinite) { return }
        mean += distance / count
        squares += distance * (sample.value - mean)
    }

    mutating func merge(_ other: MomentsFold) {
        let total = count + other.count
        let distance = other.mean - mean
        if !(mean.isInfinite && (other.mean == mean || other.mean.isFinite)) {
            squares += other.squares + distance * distance * count * other.count / total
            mean += distance * other.count / total
        }
        count = total
    }
}

/// The earliest sample.
struct FirstFold: SampleFold {
    static let isOrdered = true
    var sample: FoldedSample

    init(_ sample: FoldedSample) { self.sample = sample }
    mutating func add(_ sample: FoldedSample) {
        if sample.timestamp < self.sample.timestamp { self.sample = sample }
    }
    mutating func merge(_ other: FirstFold) { add(other.sample) }
}

/// The latest sample; of equal instants, the one stored last.
struct LastFold: SampleFold {
    static let isOrdered = true
    var sample: FoldedSample

    init(_ sample: FoldedSample) { self.sample = sample }
    mutating func add(_ sample: FoldedSample) {
        if sample.timestamp >= self.sample.timestamp { self.sample = sample }
    }
    mutating func merge(_ other: LastFold) { add(other.sample) }
}

/// The numbers of all samples, for functions that need them at once and in no order.
struct ValuesFold: SampleFold {
    static var grows: Bool { true }

    var values: [Double]

    var heldBytes: Int { 32 + values.capacity * MemoryLayout<Double>.stride }

    init(_ sample: FoldedSample) {
        values = []
        values.reserveCapacity(8)
        values.append(sample.value)
    }
    @inline(__always) mutating func add(_ sample: FoldedSample) { values.append(sample.value) }
    mutating func merge(_ other: ValuesFold) { values += other.values }
}

/// All samples, for functions that need them at once and in order.
struct ListFold: SampleFold {
    static let isOrdered = true
    static var grows: Bool { true }

    var samples: [FoldedSample]

    var heldBytes: Int { 32 + samples.capacity * MemoryLayout<FoldedSample>.stride }

    init(_ sample: FoldedSample) { samples = [sample] }
    mutating func add(_ sample: FoldedSample) { samples.append(sample) }
    mutating func merge(_ other: ListFold) { samples += other.samples }
}
