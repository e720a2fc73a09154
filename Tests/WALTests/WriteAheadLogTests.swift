import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

@Suite struct WriteAheadLogTests {
    @Test(arguments: StoreConfiguration.WALSync.allCases)
    func `both kinds of record come back as they were`(sync: StoreConfiguration.WALSync) async throws {
        var fixture = LogFixture()
        fixture.configuration.sync = sync
        fixture.configuration.syncInterval = .milliseconds(1)
        let pushes = (0..<200).map(SamplePush.any)
        let log = try fixture.open()
        for push in pushes { try await log.waitUntilDurable(try log.enqueue(push)) }
        log.close()
        let found = try fixture.replay()
        #expect(found.records.map(SamplePush.text) == pushes.map(SamplePush.text))
        #expect(found.records.map(\.lsn) == Array(1...200))
        #expect(found.corruptions.isEmpty && found.tornTails.isEmpty)
    }

    @Test func `a log on the machine's own disk comes back`() async throws {
        let folder = TemporaryFolder()
        let pushes = (0..<50).map(SamplePush.any)
        let log = try WriteAheadLog(folder: folder.path + "/wal", fileSystem: folder.files, nextLSN: 1, fileSequence: 1)
        for push in pushes { try await log.waitUntilDurable(try log.enqueue(push)) }
        log.close()
        var replay = try WALReplay(folder: folder.path + "/wal", fileSystem: folder.files)
        var texts: [String] = []
        while let record = replay.next() { texts.append(SamplePush.text(record)) }
        #expect(texts == pushes.map(SamplePush.text))
        #expect(replay.corruptions.isEmpty && replay.tornTails.isEmpty)
    }

    @Test func `pushes that wait share a sync`() async throws {
        let fixture = LogFixture()
        let gate = SyncGate(fixture.disk)
        let log = try fixture.open(files: gate)
        gate.close()
        let first = try log.enqueue(SamplePush.encoded(0))
        while gate.waiting == 0 { await Task.yield() }
        let others = try (1..<100).map { try log.enqueue(SamplePush.encoded($0)) }
        gate.open()
        for ticket in [first] + others { try await log.waitUntilDurable(ticket) }
        #expect(fixture.disk.syncCount == 2)
        log.close()
        #expect(try fixture.replay().records.count == 100)
    }

    @Test func `a full queue refuses pushes and uses up no number`() async throws {
        var fixture = LogFixture()
        fixture.configuration.queueBytesMax = 1000
        let gate = SyncGate(fixture.disk)
        let log = try fixture.open(files: gate)
        gate.close()
        let large = try log.enqueue(SamplePush.encoded(0, bytes: 5000))
        #expect(throws: AppendError.self) { try log.enqueue(SamplePush.encoded(1)) }
        gate.open()
        try await log.waitUntilDurable(large)
        let next = try log.enqueue(SamplePush.encoded(2))
        #expect(next.lsn == 2)
        log.close()
    }

    @Test func `numbers go on rising after a restart`() async throws {
        let fixture = LogFixture()
        for round in 0..<5 {
            let log = try fixture.open(seed: UInt64(round))
            for number in 0..<3 { _ = try log.enqueue(SamplePush.any(round * 3 + number)) }
            log.close()
        }
        let found = try fixture.replay()
        #expect(found.records.map(\.lsn) == Array(1...15))
        #expect(found.records.map(SamplePush.text) == (0..<15).map(SamplePush.any).map(SamplePush.text))
        #expect(found.corruptions.isEmpty && found.tornTails.isEmpty)
    }

    @Test func `closing writes what is queued and refuses what comes later`() throws {
        let fixture = LogFixture()
        let log = try fixture.open()
        for number in 0..<500 { _ = try log.enqueue(SamplePush.encoded(number)) }
        log.close()
        #expect(try fixture.replay().records.count == 500)
        #expect(throws: AppendError.self) { try log.enqueue(SamplePush.encoded(0)) }
        #expect(log.cut() == 500)
        try log.release(throughLSN: 500)
        #expect(log.bytesHeld == 0)
    }

    @Test func `a start without pushes leaves no file`() throws {
        let fixture = LogFixture()
        try fixture.open().close()
        #expect(try fixture.disk.list(LogFixture.folder) == ["pool"])
    }

    @Test func `files are released whole, in order, and used again`() async throws {
        var fixture = LogFixture()
        fixture.configuration.poolFilesMax = 2
        let log = try fixture.open()
        for generation in 0..<20 {
            let tickets = try (0..<10).map { try log.enqueue(SamplePush.encoded(generation * 10 + $0)) }
            for ticket in tickets { try await log.waitUntilDurable(ticket) }
            #expect(log.cut() == UInt64(generation * 10 + 10))
            // The generation before the last one is what a store would have sealed by now.
            try log.release(throughLSN: UInt64(generation * 10))
            let left = try fixture.replay()
            #expect(left.records.map(\.lsn) == Array(UInt64(generation * 10 + 1)...UInt64(generation * 10 + 10)))
            #expect(left.corruptions.isEmpty && left.tornTails.isEmpty)
        }
        try log.release(throughLSN: 199)
        #expect(log.bytesHeld > 0)
        try log.release(throughLSN: 200)
        #expect(log.bytesHeld == 0)
        log.close()
        #expect(try fixture.disk.list(LogFixture.folder + "/pool").count <= 2)
        #expect(try fixture.replay().records.isEmpty)
    }

    @Test func `a file that is full is followed by another, and a huge record has one to itself`() async throws {
        var fixture = LogFixture()
        fixture.configuration.fileBytesMax = 16 << 10
        let log = try fixture.open()
        let pushes = (0..<100).map { SamplePush.encoded($0, bytes: $0 == 50 ? 100_000 : 900) }
        for push in pushes { try await log.waitUntilDurable(try log.enqueue(push)) }
        log.close()
        #expect(try fixture.disk.list(LogFixture.folder).count > 8)
        #expect(try fixture.replay().records.map(SamplePush.text) == pushes.map(SamplePush.text))
    }
}

/// A disk whose syncs wait while the gate is closed.
final class SyncGate: FileSystem {
    private struct State {
        var isClosed = false
        var waiting = 0
    }

    private let disk: SimulatedFileSystem
    private let state = Monitor(State())

    init(_ disk: SimulatedFileSystem) {
        self.disk = disk
    }

    var waiting: Int { state.withLock { $0.waiting } }
    func close() { state.withLock { $0.isClosed = true } }

    func open() {
        state.withLock { $0.isClosed = false }
        state.wakeAll()
    }

    fileprivate func pass() {
        state.withLock { $0.waiting += 1 }
        _ = state.wait { $0.isClosed ? nil : true }
        state.withLock { $0.waiting -= 1 }
    }

    func open(_ path: String, _ mode: FileMode) throws(FileError) -> any File {
        GatedFile(try disk.open(path, mode), self)
    }

    func list(_ folder: String) throws(FileError) -> [String] { try disk.list(folder) }
    func createFolder(_ path: String) throws(FileError) { try disk.createFolder(path) }
    func status(_ path: String) throws(FileError) -> FileStatus? { try disk.status(path) }
    func rename(_ source: String, to target: String) throws(FileError) { try disk.rename(source, to: target) }
    func remove(_ path: String) throws(FileError) { try disk.remove(path) }
    func removeFolder(_ path: String) throws(FileError) { try disk.removeFolder(path) }
    func syncFolder(_ path: String) throws(FileError) { try disk.syncFolder(path) }
    func freeBytes(_ path: String) throws(FileError) -> Int { try disk.freeBytes(path) }
}

private final class GatedFile: File {
    private let file: any File
    private let gate: SyncGate

    init(_ file: any File, _ gate: SyncGate) {
        self.file = file
        self.gate = gate
    }

    var path: String { file.path }
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try file.read(into: buffer, at: offset)
    }
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) { try file.write(bytes, at: offset) }
    func sync() throws(FileError) {
        gate.pass()
        try file.sync()
    }
    func size() throws(FileError) -> Int { try file.size() }
    func truncate(to size: Int) throws(FileError) { try file.truncate(to: size) }
    func close() { file.close() }
}
