import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

@Suite struct DiskTests {
    let fixture = StoreFixture()

    @Test func `a nearly full disk turns the store read-only until there is room`() async throws {
        let disk = StoreDisk(bytesMax: 64 << 20)
        let store = try await fixture.open(on: disk) { $0.freeDiskBytesMin = 16 << 20 }
        await store.checkDisk()
        try await store.push([entry("web", 1, "a")])
        disk.simulated.bytesMax = 8 << 20
        await store.checkDisk()
        #expect(store.statistics().isReadOnly)
        await #expect(throws: AppendError.self) { try await store.push([entry("web", 2, "b")]) }
        #expect(try await store.entries().map(\.line) == ["a"])
        try await store.flush()
        #expect(try await store.entries().map(\.line) == ["a"])
        disk.simulated.bytesMax = 64 << 20
        await store.checkDisk()
        try await store.push([entry("web", 3, "c")])
        #expect(try await store.entries().map(\.line) == ["a", "c"])
        let changes = fixture.events.withLock { $0 }.map(\.description).filter { $0.contains("pushes") }
        #expect(changes.count == 2)
        await store.close()
    }

    @Test func `a disk that was full when the last process ended takes no push from the next one`() async throws {
        let disk = StoreDisk(bytesMax: 64 << 20)
        let store = try await fixture.open(on: disk) { $0.freeDiskBytesMin = 16 << 20 }
        try await store.push([entry("web", 1, "a")])
        disk.simulated.bytesMax = 8 << 20
        await store.abandon()
        let reopened = try await fixture.open(on: disk) { $0.freeDiskBytesMin = 16 << 20 }
        await #expect(throws: AppendError.self) { try await reopened.push([entry("web", 2, "b")]) }
        #expect(try await reopened.entries().map(\.line) == ["a"])
        await reopened.close()
    }

    @Test func `rows of a push that could not be synced are not readable`() async throws {
        let disk = StoreDisk()
        let store = try await fixture.open(on: disk)
        try await store.push([entry("web", 1, "a")])
        disk.simulated.failSyncs(100)
        await #expect(throws: AppendError.self) { try await store.push([entry("web", 2, "b")]) }
        #expect(try await store.entries().map(\.line) == ["a"])
        disk.simulated.failSyncs(0)
        await store.close()
    }
}
