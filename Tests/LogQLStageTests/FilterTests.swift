import Testing
import WeirModel

/// `ip(…)` in filters of lines and of labels, and pattern filters.
@Suite struct FilterTests {
    /// The numbers of the lines that pass.
    private func passing(_ stages: String, _ lines: [String]) async -> [Int] {
        let answer = await StageCheck(lines).answer("\(stages) | drop addr, other")
        return answer.map { text in lines.firstIndex { "{} \($0)" == text } ?? -1 }
    }

    private static let addresses = [
        "ip 1.2.3.4 and 2001:db8::1 here", "port 10.1.2.3:8080", "0.0.0.0/0 any", "none", "10.4.99.255",
        "2001:db8:a::109 - alice", "256.1.1.1 300.2.2.2", "from [10.4.0.1] to (192.168.7.9)",
    ]

    @Test(arguments: [
        (#"|= ip("2001:db8::1")"#, [0]), (#"|= ip("10.1.2.3")"#, [1]), (#"|= ip("0.0.0.0")"#, [2]),
        (#"|= ip("10.0.0.0/8")"#, [1, 4, 7]), (#"!= ip("10.0.0.0/8")"#, [0, 2, 3, 5, 6]),
        (#"|= ip("10.4.0.1-10.4.99.255")"#, [4, 7]), (#"|= ip("2001:db8:a::/64")"#, [5]),
        (#"|= ip("2001:db8::/32")"#, [0, 5]), (#"|= ip("10.0.0.0/8") != "port""#, [4, 7]),
        (#"|= ip("1.2.3.4") or "none""#, [0, 3]), (#"|= ip("192.168.7.0/24")"#, [7]),
        (#"|= ip("1.2.3.4") |= ip("2001:db8::1")"#, [0]),
    ])
    func `a line passes by the addresses in it`(filter: String, expected: [Int]) async {
        let found = await passing(filter, FilterTests.addresses)
        #expect(found == expected)
    }

    @Test(arguments: [
        (#"addr=ip("192.168.7.0/24")"#, [0]), (#"addr!=ip("192.168.7.0/24")"#, [1, 2, 4]),
        (#"addr=ip("10.4.0.1-10.4.99.255")"#, [1]), (#"addr=ip("2001:db8::1")"#, [2]),
        (#"nolabel=ip("10.0.0.0/8")"#, []), (#"nolabel!=ip("10.0.0.0/8")"#, []),
        (#"addr=ip("10.4.0.0/16") and app="web""#, [1]), (#"addr=ip("10.4.0.0/16") or addr="word""#, [1, 4]),
    ])
    func `a label passes by the address that it is`(filter: String, expected: [Int]) async {
        let lines = ["addr=192.168.7.189", "addr=10.4.25.68", "addr=2001:db8::1", "other=1", "addr=word"]
        let found = await passing("| logfmt | \(filter)", lines)
        #expect(found == expected)
    }

    @Test func `addresses that are none are refused`() async {
        let lines = StageCheck(["x"])
        await lines.check(
            #"|= ip("10.0.0.9-10.0.0.1")"#,
            """
            refused: parse error : stage '|= ip("10.0.0.9-10.0.0.1")' : ip: invalid pattern: "10.0.0.9-10.0.0.1"
            """)
        await lines.check(
            #"|= ip("10.0.0.0/99")"#,
            #"refused: parse error : stage '|= ip("10.0.0.0/99")' : ip: invalid pattern: "10.0.0.0/99""#)
        await lines.check(
            #"| a=ip("nope")"#, #"refused: parse error : stage '| a=ip("nope")' : ip: invalid pattern: "nope""#)
    }

    private static let sentences = ["foo bar baz", "n=2 v=4.5", "", "foo bar", "foo", "xfoo"]

    @Test(arguments: [
        (#"|> "n=<_> v=<_>.5""#, [1]), (#"|> "n=2""#, []), (#"|> "<_>""#, [0, 1, 3, 4, 5]), (#"|> """#, [2]),
        (#"|> "bar<_>""#, [0]), (#"|> "bar baz""#, [0]), (#"|> "<_>foo<_>""#, []), (#"|> "foo<_>""#, [0, 3]),
        (#"|> "<_>bar""#, [3]), (#"|> "foo""#, [4, 5]), (#"!> "<_>bar<_>""#, [1, 2, 3, 4, 5]),
        (#"|> "<_>bar" or "n=<_>""#, [1, 3]), (#"!> "<_>bar" or "n=<_>""#, [0, 2, 4, 5]),
        (#"|> "<_>=<_>" |= "v""#, [1]),
    ])
    func `a pattern filter holds its end and every gap`(filter: String, expected: [Int]) async {
        let found = await passing(filter, FilterTests.sentences)
        #expect(found == expected)
    }

    @Test func `gaps side by side are refused`() async {
        await StageCheck(["x"]).check(
            #"|> "a<_><_>b""#,
            """
            refused: parse error : stage '|> "a<_><_>b"' : found consecutive capture '<_><_>': invalid expression
            """)
    }

    @Test(arguments: [
        ("x > 5s", "12", #"time: missing unit in duration "12""#),
        ("x > 5s", "soon", #"time: invalid duration "soon""#),
        ("x > 5s", "1h5x", #"time: unknown unit "x" in duration "1h5x""#),
        ("x > 5s", ".", #"time: invalid duration ".""#),
        ("x > 5s", "-", #"time: invalid duration "-""#), ("x > 5s", "9999999h", #"time: invalid duration "9999999h""#),
        ("x > 5MB", "lots", #"strconv.ParseFloat: parsing "": invalid syntax"#),
        ("x > 5MB", "1.2.3MB", #"strconv.ParseFloat: parsing "1.2.3": invalid syntax"#),
        ("x > 5MB", "1,000 Cows", "unhandled size name: cows"),
        ("x > 5", "y", #"strconv.ParseFloat: parsing "y": invalid syntax"#),
    ])
    func `the details of a failed comparison are Go's`(filter: String, value: String, details: String) async {
        let found = await StageCheck(["a"], metadata: [Label("x", value)]).answer("| \(filter) | keep __error__")
        #expect(found == ["{__error__=LabelFilterErr, __error_details__=\(details)} a"])
    }
}
