import Testing
import WeirModel
import WeirStore

@Suite struct ConcurrencyTests {
    let fixture = StoreFixture()

    @Test func `every scan beside pushes and seals sees what was acknowledged before it, once`() async throws {
        let store = try await fixture.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await store.run(sleep: { _ in try await untilCancelled() }) }
            try await withThrowingTaskGroup(of: Void.self) { writers in
                for writer in 0..<4 {
                    writers.addTask {
                        var acknowledged: [Entry] = []
                        let matcher = try Matcher("app", .equal, "w\(writer)")
                        for round in 0..<25 {
                            let pushed = (0..<20).map { entry("w\(writer)", Int64(round * 7 + $0), "\(round) \($0)") }
                            try await store.push(pushed)
                            acknowledged += pushed
                            if round % 5 == writer { try await store.flush() }
                            let found = try await store.entries([matcher], workers: 2)
                            #expect(found.sorted() == acknowledged.sorted())
                        }
                    }
                }
                try await writers.waitForAll()
            }
            group.cancelAll()
        }
        #expect(try await store.entries().count == 4 * 25 * 20)
        await store.close()
        let reopened = try await fixture.open()
        #expect(try await reopened.entries().count == 4 * 25 * 20)
        await reopened.close()
    }
}
