import Testing
import WeirAlerts
import WeirModel

@Suite struct MatcherTextTests {
    private func texts(_ text: String) throws -> [String] { try MatcherText.parse(text).map(\.description) }

    @Test(arguments: [
        (#"severity="page""#, [#"severity="page""#]),
        ("severity=page", [#"severity="page""#]),
        (#"{team=~"a|b", severity!="info"}"#, [#"team=~"a|b""#, #"severity!="info""#]),
        ("{a=b,c!~d.*,}", [#"a="b""#, #"c!~"d.*""#]),
        (" a = b c , d=\"e,f\"", [#"a="b c""#, #"d="e,f""#]),
        (#"a="x\"y\\z\nw\.""#, [#"a="x\"y\\z\nw\\.""#]),
        (#"{"naïve name"="ü"}"#, [#"naïve name="ü""#]),
        ("a=", [#"a="""#]),
        ("", []),
        ("{}", []),
    ])
    func `both grammars are read`(text: String, expected: [String]) throws {
        #expect(try texts(text) == expected)
    }

    @Test(arguments: ["severity", "=x", "{a=b", #"a="b"#, #"a=b"c"#, "a=~(", #"a="b" c="d""#, "a==b=~\"", "{,}"])
    func `what is no matcher is refused`(text: String) {
        #expect(throws: MatcherSyntaxError.self) { try MatcherText.parse(text) }
    }

    @Test func `patterns are anchored and an absent label is the empty text`() throws {
        let matcher = try #require(try MatcherText.parse("team=~b|").first)
        #expect(matcher.accepts(["team": "b"]) && matcher.accepts([:]) && !matcher.accepts(["team": "abc"]))
    }
}
