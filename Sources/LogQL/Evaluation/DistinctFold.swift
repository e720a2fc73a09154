import Synchronization

/// The different numbers of a window.
struct DistinctFold: SampleFold {
    /// Bit patterns of the numbers: an exact count must not take two for one.
    private(set) var values: Set<UInt64>

    static var grows: Bool { true }
    var heldBytes: Int { 32 + values.capacity * 12 }

    init(_ sample: FoldedSample) { values = [sample.value.bitPattern] }
    mutating func add(_ sample: FoldedSample) { values.insert(sample.value.bitPattern) }
    mutating func merge(_ other: DistinctFold) { values.formUnion(other.values) }
}

/// Numbers the different values of a label for all workers of a scan, so that their folds can be merged.
final class ValueNumbers: Sendable {
    private struct State {
        var table = ByteKeyTable()
    }

    private let state = Mutex(State())

    /// The number of a value; 0 upwards.
    func number(of value: UnsafeRawBufferPointer) -> Int {
        // Copied in front of the lock: an address may not cross into it.
        let bytes = [UInt8](value)
        return state.withLock { state in bytes.withUnsafeBytes { state.table.index(of: $0).index } }
    }
}

/// One worker's memory of ``ValueNumbers``: a value that it has met before costs a look-up and no lock.
struct WorkerValueNumbers {
    private let shared: ValueNumbers
    private var table = ByteKeyTable()
    private var numbers: [Int] = []

    init(_ shared: ValueNumbers) {
        self.shared = shared
    }

    /// The bytes that it holds.
    var byteCount: Int { table.byteCount + numbers.count * MemoryLayout<Int>.stride }

    /// The number of a value, the same for all workers.
    mutating func number(of value: UnsafeRawBufferPointer) -> Int {
        let (index, isNew) = table.index(of: value)
        if isNew { numbers.append(shared.number(of: value)) }
        return numbers[index]
    }
}
