import Testing
import WeirModel
import WeirStore

@Suite struct StreamIndexTests {
    private static let tenant = Tenant("a")

    /// 100 streams of `app` a0...a9 with `pod` p0...p99; every third has no `zone`.
    private func index() -> StreamIndex {
        var index = StreamIndex()
        for number in 0..<100 {
            var labels: LabelSet = ["app": "a\(number % 10)", "pod": "p\(number)"]
            if number % 3 != 0 { labels["zone"] = "z\(number % 2)" }
            #expect(index.register(labels, tenant: Self.tenant) == UInt32(number))
        }
        return index
    }

    @Test func `a stream keeps its id and gives its labels back`() {
        var index = index()
        #expect(index.register(["pod": "p42", "app": "a2", "zone": "z0"], tenant: Self.tenant) == 100)
        #expect(index.id(of: ["app": "a1", "pod": "p1", "zone": "z1"], tenant: Self.tenant) == 1)
        #expect(index.id(of: ["app": "a1", "pod": "p1"], tenant: Self.tenant) == nil)
        #expect(index.id(of: ["app": "a1", "pod": "p1", "zone": "z1"], tenant: Tenant("b")) == nil)
        #expect(index.labels(of: 1) == ["app": "a1", "pod": "p1", "zone": "z1"])
    }

    @Test func `matchers give what asking every stream gives`() throws {
        var index = index()
        let cases: [[Matcher]] = try [
            [], [Matcher("app", .equal, "a3")], [Matcher("app", .equal, "")], [Matcher("zone", .equal, "")],
            [Matcher("zone", .notEqual, "")], [Matcher("zone", .notEqual, "z1")], [Matcher("zone", .matches, "z1|")],
            [Matcher("zone", .matches, ".*")], [Matcher("zone", .doesNotMatch, "z0|z1")],
            [
                Matcher("pod", .matches, "p[0-3].*"), Matcher("app", .doesNotMatch, "a1|a2"),
                Matcher("zone", .equal, "z0"),
            ],
            [Matcher("none", .matches, "x.*")],
            [Matcher("none", .doesNotMatch, "x.*"), Matcher("app", .matches, "a.")],
        ]
        // Twice, because the second time patterns are remembered; then with a stream that they have not seen.
        for round in 0..<3 {
            if round == 2 { _ = index.register(["app": "a3", "pod": "p100", "zone": "z2"], tenant: Self.tenant) }
            for matchers in cases {
                let expected = (0..<UInt32(index.count)).filter { stream in
                    matchers.allSatisfy { $0.accepts(index.labels(of: stream)) }
                }
                let found = index.streams(tenant: Self.tenant, matchers: matchers)
                #expect(found.ids == expected, "\(matchers)")
                #expect(found.count == expected.count)
            }
        }
        #expect(index.streams(tenant: Tenant("b"), matchers: []).isEmpty)
    }

    @Test func `composed and decomposed letters of a value are two streams`() {
        var index = StreamIndex()
        let composed = index.register(["name": "caf\u{e9}"], tenant: .default)
        let decomposed = index.register(["name": "cafe\u{301}"], tenant: .default)
        #expect(composed != decomposed)
        #expect(index.id(of: ["name": "cafe\u{301}"], tenant: .default) == decomposed)
    }
}
