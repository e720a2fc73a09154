import Testing
import WeirAlerts
import WeirModel

@Suite struct SilenceStoreTests {
    private func at(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: seconds * 1_000_000_000) }

    private func silence(_ from: Int64, _ to: Int64, id: String = "", _ matchers: String = "a=b") throws -> Silence {
        Silence(id: id, matchers: try MatcherText.parse(matchers), startsAt: at(from), endsAt: at(to))
    }

    @Test func `a silence holds from its start until its end`() throws {
        var store = SilenceStore()
        let set = try store.set(try silence(10, 20), at: at(5), newID: "1")
        #expect(set.map(\.id) == ["1"])
        #expect(store.silencing(["a": "b"], at: at(9)).isEmpty)
        #expect(store.silencing(["a": "b"], at: at(10)) == ["1"])
        #expect(store.silencing(["a": "c"], at: at(10)).isEmpty)
        #expect(store.silencing(["a": "b"], at: at(20)).isEmpty)
    }

    @Test func `what makes no sense is refused in Alertmanager's words`() throws {
        var store = SilenceStore()
        #expect(throws: SilenceError.endsInThePast) { try store.set(try silence(1, 2), at: at(5), newID: "1") }
        #expect(throws: SilenceError.endsBeforeStart) { try store.set(try silence(9, 8), at: at(5), newID: "1") }
        #expect(throws: SilenceError.notFound(id: "x")) {
            try store.set(try silence(9, 10, id: "x"), at: at(5), newID: "1")
        }
        #expect(throws: SilenceError.invalid("at least one matcher must not match the empty string")) {
            try store.set(try silence(9, 10, "a=~.*"), at: at(5), newID: "1")
        }
        #expect(store.all.isEmpty)
    }

    @Test func `a start in the past becomes now`() throws {
        var store = SilenceStore()
        _ = try store.set(try silence(1, 20), at: at(5), newID: "1")
        #expect(store["1"]?.startsAt == at(5))
    }

    @Test func `prolonging keeps the id, other matchers take a new one`() throws {
        var store = SilenceStore()
        _ = try store.set(try silence(5, 20), at: at(5), newID: "1")
        #expect(try store.set(try silence(5, 60, id: "1"), at: at(10), newID: "2").map(\.id) == ["1"])
        #expect(store["1"]?.endsAt == at(60))
        let changed = try store.set(try silence(5, 60, id: "1", "a=c"), at: at(11), newID: "2")
        #expect(changed.map(\.id) == ["1", "2"])
        #expect(store["1"]?.state(at: at(11)) == .expired && store["2"]?.state(at: at(11)) == .active)
    }

    @Test func `expiring ends, once, and is forgotten after its retention`() throws {
        var store = SilenceStore()
        _ = try store.set(try silence(50, 60), at: at(5), newID: "1")
        let ended = try store.expire("1", at: at(10))
        #expect(ended?.startsAt == at(10) && ended?.endsAt == at(10))
        #expect(try store.expire("1", at: at(11)) == nil)
        #expect(throws: SilenceError.notFound(id: "2")) { try store.expire("2", at: at(11)) }
        #expect(store.forget(at: at(10 + 120 * 3600)).isEmpty)
        #expect(store.forget(at: at(11 + 120 * 3600)) == ["1"])
    }
}
