import LogQL
import Testing
import WeirModel

@Suite struct PrinterTests {
    private func check(_ text: String, _ expected: String) throws {
        #expect(try Query.parse(text).description == expected)
    }

    @Test(arguments: [UInt64](1...40)) func `reading what was printed gives the same query`(seed: UInt64) throws {
        var queries = QueryGenerator(seed: seed)
        for _ in 0..<50 {
            let query = queries.query()
            #expect(try Query.parse(query.description) == query, "\(query)")
            #expect(try Query.parse(query.formatted()) == query, "\(query.formatted())")
        }
    }

    @Test func `stages are printed in one style`() throws {
        try check(#"{app="x"}|="a"!="b"|~"c"!~"d""#, #"{app="x"} |= "a" != "b" |~ "c" !~ "d""#)
        try check(#"{app="x"}|json a="b.c",d"#, #"{app="x"} | json a="b.c",d="d""#)
        try check(#"{app="x"} != "a" or "b""#, #"{app="x"} != "a" != "b""#)
        try check(
            #"{app="x"}|json|a>5 and (b<3s or c>=10KB)|d="e""#,
            #"{app="x"} | json | ( a>5 , ( b<3s or c>=10kB ) ) | d="e""#)
        try check("{app=\"x\"} # c\n|=\"a\"", #"{app="x"} |= "a""#)
    }

    @Test func `label filters bind as in Loki`() throws {
        let prefix = #"{a="b"} | "#
        try check(prefix + "x=1, y=2 or z=3", prefix + "( x==1 , ( y==2 or z==3 ) )")
        try check(prefix + "x=1 or y=2, z=3", prefix + "( x==1 or ( y==2 , z==3 ) )")
        try check(prefix + "x=1 and y=2 or z=3", prefix + "( ( x==1 , y==2 ) or z==3 )")
        try check(prefix + "x=1 or y=2 and z=3", prefix + "( x==1 or ( y==2 , z==3 ) )")
        try check(prefix + "x=1 y=2 z=3", prefix + "( x==1 , ( y==2 , z==3 ) )")
    }

    @Test func `operators bind as in Loki, and numbers fold`() throws {
        try check("1 + 2 * 3 ^ 2", "19")
        try check("2 ^ 3 ^ 2", "512")
        try check("-2 ^ 2", "4")
        try check("1 / 0", "NaN")
        try check("7 % 4 > 2", "1")
        try check("1e3 * 1_000", "1e+06")
        try check(
            #"rate({a="b"}[1m])/rate({a="c"}[1m])*100>5"#,
            #"(((rate({a="b"}[1m]) / rate({a="c"}[1m])) * 100) > 5)"#)
        try check(
            #"rate({a="b"}[1m])>bool ignoring(a)rate({a="c"}[1m])"#,
            #"(rate({a="b"}[1m]) > bool ignoring (a)  rate({a="c"}[1m]))"#)
    }

    @Test(arguments: ["0/-5", "-0.0", "2 * -0.0 - vector(1)", #"{a="b"} | c > -0.0"#])
    func `zero is printed without a sign, for "-0" is a duration`(text: String) throws {
        let query = try Query.parse(text)
        #expect(try Query.parse(query.description) == query, "\(query)")
        #expect(!query.description.contains("-0"))
    }

    @Test func `every way to write a range means the same`() throws {
        let expected = #"rate({a="b"} | json | unwrap c[5m] offset 1h0m0s)"#
        try check(#"rate({a="b"} | json | unwrap c [5m] offset 1h)"#, expected)
        try check(#"rate({a="b"} [5m] offset 1h | json | unwrap c)"#, expected)
        try check(#"rate(({a="b"} | json | unwrap c) [5m] offset 1h)"#, expected)
        try check(#"rate((({a="b"} [5m] offset 1h | json | unwrap c)))"#, expected)
        try check(#"RATE( {a="b"} [300s] )"#, #"rate({a="b"}[5m])"#)
    }

    @Test func `names of functions are labels where no parenthesis follows`() throws {
        try check(#"{sum="x"} | rate="x" | bytes > 5 | ip = "x""#, #"{sum="x"} | rate="x" | bytes>5 | ip="x""#)
        try check(#"SUM BY (x) (RATE({a="b"}[1m]))"#, #"sum by (x)(rate({a="b"}[1m]))"#)
    }

    @Test func `sizes that rounding would change are printed exactly`() throws {
        try check(#"{a="b"} | c > 5MiB"#, #"{a="b"} | c>5MiB"#)
        try check(#"{a="b"} | c > 1.5GB"#, #"{a="b"} | c>1.5GB"#)
    }

    @Test func `long queries are split and indented`() throws {
        let text = """
            sum by (app, env) (rate({app="checkout", env="prod"} | json | level="error" |= "timeout of the upstream"[5m]))
            """
        #expect(
            try Query.parse(text).formatted() == """
                sum by (app, env)(
                  rate({app="checkout", env="prod"} | json | level="error" |= "timeout of the upstream"[5m])
                )
                """)
    }

    @Test func `a selector alone is read by itself`() throws {
        #expect(try Matcher.parseSelector(#"{a="b", c!~"d"}"#).map(\.description) == [#"a="b""#, #"c!~"d""#])
        #expect(try Matcher.parseSelector("{}", allowsEverything: true).isEmpty)
        #expect(throws: SyntaxError(verbatim: "only label matchers are supported")) {
            try Matcher.parseSelector(#"{a="b"} |= "c""#)
        }
    }
}
