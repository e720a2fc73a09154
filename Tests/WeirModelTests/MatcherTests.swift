import Testing
import WeirModel
import WeirRegex

@Suite struct MatcherTests {
    @Test(arguments: [
        (Matcher.Comparison.equal, "web", "web", true), (.equal, "web", "web2", false), (.notEqual, "web", "", true),
        (.matches, "w.b", "web", true), (.matches, "w.b", "aweb", false), (.matches, "a|b", "ab", false),
        (.matches, "a.b", "a\nb", true), (.doesNotMatch, "w.*", "web", false), (.doesNotMatch, ".+", "", true),
    ])
    func `values are compared, patterns anchored at both ends`(
        comparison: Matcher.Comparison, value: String, candidate: String, accepted: Bool
    ) throws {
        #expect(try Matcher("app", comparison, value).accepts(candidate) == accepted)
    }

    @Test func `an absent label counts as empty`() throws {
        #expect(try Matcher("app", .equal, "").accepts(["env": "prod"] as LabelSet))
        #expect(try Matcher("app", .matches, ".*").acceptsEmpty)
        #expect(try !Matcher("app", .matches, ".+").acceptsEmpty)
    }

    @Test func `a broken pattern is refused with its reason`() {
        let error = #expect(throws: PatternError.self) { try Matcher("app", .matches, "a(") }
        #expect(error?.reason.contains("missing )") == true)
    }
}
