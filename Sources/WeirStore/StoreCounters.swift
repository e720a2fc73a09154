internal import Synchronization

/// What has happened since the store opened. Written from many threads, so atomics and not a field behind a lock.
final class StoreCounters: Sendable {
    private let pushes = Atomic(0)
    private let rows = Atomic(0)
    private let lineBytes = Atomic(0)
    private let duplicates = Atomic(0)
    private let seals = Atomic(0)
    private let sealFailures = Atomic(0)
    private let damagedBlocks = Atomic(0)
    private let merges = Atomic(0)
    private let mergeFailures = Atomic(0)
    private let mergedInputs = Atomic(0)
    private let mergedBytes = Atomic(0)
    private let rowsDeleted = Atomic(0)
    private let daysDropped = Atomic(0)

    func noteAppend(rows: Int, lineBytes: Int) {
        pushes.add(1, ordering: .relaxed)
        self.rows.add(rows, ordering: .relaxed)
        self.lineBytes.add(lineBytes, ordering: .relaxed)
    }

    func noteDuplicates(_ count: Int) { duplicates.add(count, ordering: .relaxed) }
    func noteSeal() { seals.add(1, ordering: .relaxed) }
    func noteSealFailure() { sealFailures.add(1, ordering: .relaxed) }
    func noteDamagedBlock() { damagedBlocks.add(1, ordering: .relaxed) }

    func noteMerge(inputs: Int, fileBytes: Int, rowsDeleted: Int) {
        merges.add(1, ordering: .relaxed)
        mergedInputs.add(inputs, ordering: .relaxed)
        mergedBytes.add(fileBytes, ordering: .relaxed)
        self.rowsDeleted.add(rowsDeleted, ordering: .relaxed)
    }

    func noteDayDropped() { daysDropped.add(1, ordering: .relaxed) }
    func noteMergeFailure() { mergeFailures.add(1, ordering: .relaxed) }

    func copy(to statistics: inout StoreStatistics) {
        statistics.pushesAppended = pushes.load(ordering: .relaxed)
        statistics.rowsAppended = rows.load(ordering: .relaxed)
        statistics.lineBytesAppended = lineBytes.load(ordering: .relaxed)
        statistics.duplicatesDropped = duplicates.load(ordering: .relaxed)
        statistics.seals = seals.load(ordering: .relaxed)
        statistics.sealFailures = sealFailures.load(ordering: .relaxed)
        statistics.merges = merges.load(ordering: .relaxed)
        statistics.mergeFailures = mergeFailures.load(ordering: .relaxed)
        statistics.segmentsMerged = mergedInputs.load(ordering: .relaxed)
        statistics.mergedBytesWritten = mergedBytes.load(ordering: .relaxed)
        statistics.rowsDeleted = rowsDeleted.load(ordering: .relaxed)
        statistics.daysDropped = daysDropped.load(ordering: .relaxed)
        statistics.blocksDamaged = damagedBlocks.load(ordering: .relaxed)
    }
}
