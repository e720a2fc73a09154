import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

@Suite struct SenderTests {
    let fixture = StoreFixture()

    private func push(_ sequence: UInt64, _ line: String, sender: UInt128 = 7, tenant: Tenant = .default) -> Push {
        // Every push is at another instant, so that equal entries are not what keeps it out.
        let entry = entry("web", Int64(sequence), line)
        return Push(
            tenant: tenant, arrival: Timestamp(nanoseconds: StoreFixture.start), batch: StoreFixture.batch([entry]),
            origin: PushOrigin(sender: sender, sequence: sequence))
    }

    private func isRepeated(_ push: Push, in store: LogStore) async throws -> Bool {
        do throws(AppendError) {
            try await store.append(push)
            return false
        } catch .repeated {
            return true
        }
    }

    @Test func `a push that comes again is kept once, before and after a crash, a flush and a restart`() async throws {
        var store = try await fixture.open()
        #expect(try await !isRepeated(push(1, "a"), in: store))
        #expect(try await isRepeated(push(1, "other"), in: store))
        #expect(try await !isRepeated(push(2, "b"), in: store))
        await store.abandon()
        store = try await fixture.open()
        #expect(try await isRepeated(push(2, "other"), in: store))
        #expect(try await isRepeated(push(1, "other"), in: store))
        #expect(try await !isRepeated(push(5, "c"), in: store))
        // The WAL is gone after this; what is known of senders is in the catalogue.
        try await store.flush()
        await store.abandon()
        store = try await fixture.open()
        #expect(try await isRepeated(push(5, "other"), in: store))
        #expect(try await !isRepeated(push(6, "d"), in: store))
        #expect(try await store.entries().map(\.line) == ["a", "b", "c", "d"])
        await store.close()
    }

    @Test func `senders and tenants have numbers of their own`() async throws {
        let store = try await fixture.open()
        #expect(try await !isRepeated(push(3, "a"), in: store))
        #expect(try await !isRepeated(push(2, "b", sender: 8), in: store))
        #expect(try await !isRepeated(push(1, "c", tenant: Tenant("other")), in: store))
        #expect(try await store.entries().count == 2)
        await store.close()
    }

    @Test func `of pushes that come at the same time one is stored`() async throws {
        let store = try await fixture.open()
        let stored = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<16 {
                group.addTask { (try? await store.append(self.push(1, "copy \(number)"))) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(stored == 1)
        #expect(try await store.entries().count == 1)
        await store.close()
    }

    @Test func `an origin is read as it is written, and nothing else is`() throws {
        let origin = try #require(PushOrigin("000000000000000000000000000000ff:12"))
        #expect(origin == PushOrigin(sender: 255, sequence: 12))
        #expect(origin.description == "000000000000000000000000000000ff:12")
        for text in ["", ":", "ff:1", "000000000000000000000000000000ff:0", "000000000000000000000000000000fg:1"] {
            #expect(PushOrigin(text) == nil)
        }
    }
}
