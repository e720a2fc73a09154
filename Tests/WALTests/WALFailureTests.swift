import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// Invariants, whatever the disk does:
/// 1. a record whose ticket was reported durable is replayed, once, as it was;
/// 2. nothing is replayed that was never enqueued, and LSNs rise;
/// 3. a crash alone is never reported as corruption;
/// 4. the log goes on when the disk does.
@Suite struct WALFailureTests {
    @Test func `a group whose sync failed is written again to a new file`() async throws {
        let fixture = LogFixture()
        let log = try fixture.open()
        try await log.waitUntilDurable(try log.enqueue(SamplePush.encoded(0)))
        fixture.disk.failSyncs(1)
        try await log.waitUntilDurable(try log.enqueue(SamplePush.encoded(1)))
        log.close()
        fixture.disk.crash(seed: 3)
        let found = try fixture.replay()
        #expect(found.records.map(\.lsn) == [1, 2])
        #expect(found.corruptions.isEmpty)
    }

    @Test func `when a new file fails as well the log is read-only until the disk works`() async throws {
        let fixture = LogFixture()
        let log = try fixture.open()
        try await log.waitUntilDurable(try log.enqueue(SamplePush.encoded(0)))
        fixture.disk.failSyncs(20)
        let lost = try log.enqueue(SamplePush.encoded(1))
        await #expect(throws: AppendError.self) { try await log.waitUntilDurable(lost) }
        let next = try await enqueueWhenWritable(log, SamplePush.encoded(2))
        try await log.waitUntilDurable(next)
        log.close()
        fixture.disk.crash(seed: 4)
        let found = try fixture.replay()
        #expect(found.records.map(SamplePush.text) == [0, 2].map { SamplePush.text(SamplePush.encoded($0)) })
        #expect(found.records.map(\.lsn) == [1, 3])
        #expect(found.corruptions.isEmpty)
    }

    @Test func `a full disk refuses pushes and takes them again when there is room`() async throws {
        let fixture = LogFixture(disk: SimulatedFileSystem(bytesMax: 64 << 10))
        let log = try fixture.open()
        var durable: [UInt64] = []
        var number = 0
        while true {
            do throws(AppendError) {
                let ticket = try log.enqueue(SamplePush.encoded(number, bytes: 3000))
                try await log.waitUntilDurable(ticket)
                durable.append(ticket.lsn)
                number += 1
            } catch {
                guard case .readOnly(let reason) = error else { throw error }
                #expect(reason.contains("No space left on device"))
                break
            }
        }
        #expect(durable.count > 10)
        fixture.disk.bytesMax = 1 << 20
        let ticket = try await enqueueWhenWritable(log, SamplePush.encoded(999, bytes: 3000))
        try await log.waitUntilDurable(ticket)
        durable.append(ticket.lsn)
        log.close()
        let found = try fixture.replay()
        #expect(found.records.map(\.lsn) == durable)
        #expect(found.corruptions.isEmpty && found.nextLSN == ticket.lsn + 1)
    }

    @Test(arguments: UInt64(0)..<100)
    func `what was durable survives crashes, and nothing else is made up`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var fixture = LogFixture()
        fixture.configuration.fileBytesMax = 12 << 10
        fixture.configuration.groupBytesMax = 4 << 10
        fixture.configuration.poolFilesMax = 2
        var enqueued: [UInt64: [String]] = [:]
        var durable: Set<UInt64> = []
        var released: UInt64 = 0
        for life in 0..<4 {
            let log = try fixture.open(seed: seed &* 31 &+ UInt64(life))
            fixture.disk.losePower(afterCalls: Int.random(in: 0..<60, using: &random))
            for _ in 0..<Int.random(in: 1..<12, using: &random) {
                var tickets: [WALTicket] = []
                for _ in 0..<Int.random(in: 1..<6, using: &random) {
                    let push = SamplePush.any(Int.random(in: 0..<80, using: &random))
                    guard let ticket = try? log.enqueue(push) else { continue }
                    enqueued[ticket.lsn, default: []].append(SamplePush.text(push))
                    tickets.append(ticket)
                }
                for ticket in tickets where (try? await log.waitUntilDurable(ticket)) != nil {
                    durable.insert(ticket.lsn)
                }
                guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
                let last = log.cut()
                // One that fails half-way has released something as well.
                released = last
                try? log.release(throughLSN: last)
            }
            log.close()
            fixture.disk.crash(seed: random.next())
            let found = try fixture.replay()
            let lsns = found.records.map(\.lsn)
            #expect(lsns == Set(lsns).sorted())
            #expect(durable.filter { $0 > released }.isSubset(of: lsns))
            #expect(found.records.allSatisfy { enqueued[$0.lsn]?.contains(SamplePush.text($0)) ?? false })
            #expect(found.corruptions.isEmpty)
            #expect(found.nextLSN > durable.filter { $0 > released }.max() ?? 0)
            // A store would have its own note of this; a log whose files were all released has none.
            if found.nextLSN <= released { return }
        }
    }

    private func enqueueWhenWritable(_ log: WriteAheadLog, _ push: Push) async throws -> WALTicket {
        while true {
            do throws(AppendError) {
                return try log.enqueue(push)
            } catch {
                guard case .readOnly = error else { throw error }
                await Task.yield()
            }
        }
    }
}
