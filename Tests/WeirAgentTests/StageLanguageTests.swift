import Testing
import WeirAgent
import WeirModel
import WeirTesting

/// Stages with a small language of their own: layouts of times, templates, JMESPath.
@Suite struct StageLanguageTests {
    typealias Construct = StageTests.Construct

    /// The time in `text`, in nanoseconds; 2026-11-21T00:00:00Z is what the clock shows.
    private static func time(_ format: String, _ text: String, zone: String? = nil, is nanoseconds: Int64?) -> Construct
    {
        var settings = StageConfiguration.TimestampStage(source: "t", format: format)
        settings.location = zone
        settings.fudgesOnFailure = false
        return Construct(
            "\(format) \(zone ?? "")", [.regex(expression: "(?P<t>.*)", source: nil), .timestamp(settings)], text,
            gives: [text], at: nanoseconds)
    }

    static let layouts: [Construct] = [
        time("ANSIC", "Sat Nov  1 09:02:03 2025", is: 1_761_987_723_000_000_000),
        time("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700", is: 1_136_239_445_000_000_000),
        time("RFC850", "Monday, 02-Jan-06 15:04:05 UTC", is: 1_136_214_245_000_000_000),
        time("02/Jan/2006:15:04:05 -0700", "10/Oct/2000:13:55:36 -0700", is: 971_211_336_000_000_000),
        time("2006-01-02 15:04:05,000", "2026-07-01 12:00:00,250", is: 1_782_907_200_250_000_000),
        time(
            "2006-01-02 15:04:05", "2026-07-01 12:00:00", zone: "Europe/Berlin", is: 1_782_900_000_000_000_000),
        time("2006-01-02 15:04:05", "2026-01-01 12:00:00", zone: "Europe/Berlin", is: 1_767_265_200_000_000_000),
    ]

    @Test(arguments: layouts) func `times are read by example`(construct: Construct) async throws {
        try await StageTests().check(construct)
    }

    /// Seconds since 1970 of the clock and of the time that a text without a year means.
    @Test(
        arguments: [
            (1_795_219_200, "Nov 20 10:00:00", 1_795_168_800), (1_798_761_605, "Dec 31 23:59:59", 1_798_761_599),
            (1_798_761_595, "Jan  1 00:00:01", 1_798_761_601),
        ] as [(Int64, String, Int64)])
    func `a time without a year is in the year nearest to now`(now: Int64, text: String, expected: Int64) async throws {
        let settings = StageConfiguration.TimestampStage(source: "t", format: "Jan _2 15:04:05")
        let scene = try FollowingScene(stages: [.regex(expression: "(?P<t>.*)", source: nil), .timestamp(settings)])
        scene.clock.advance(byNanoseconds: now * 1_000_000_000 - scene.clock.now())
        try scene.append(text + "\n", to: "logs/a.log")
        await scene.settle()
        #expect(scene.destination.entries.map(\.timestamp) == [expected * 1_000_000_000])
    }

    private static let pairs = StageConfiguration.logfmt(.init(mapping: ["a": nil, "b": nil]))

    private static func template(_ text: String, gives output: String, _ line: String = "a=1 b=Two") -> Construct {
        Construct(text, [pairs, .template(source: "x", template: text), .output(source: "x")], line, gives: [output])
    }

    static let templates: [Construct] = [
        template("{{ .a }}-{{ .b }}", gives: "1-Two"), template("{{ .b | ToUpper }}", gives: "TWO"),
        template("{{ .Entry | trunc 3 }}", gives: "a=1"),
        template("{{ if eq .a \"1\" }}one{{ else }}other{{ end }}", gives: "one"),
        template("{{ range $k, $v := . }}{{ if eq $k \"b\" }}{{ $v }}{{ end }}{{ end }}", gives: "Two"),
        template("{{ .missing }}", gives: "<no value>"), template("{{ .missing | default \"none\" }}", gives: "none"),
        template("{{ ternary \"y\" \"n\" (eq .a \"1\") }}{{ quote .b }}", gives: "y\"Two\""),
        template("{{ join \",\" (splitList \"=\" .Entry) }}", gives: "a,1 b,Two"),
        // The known digests of "abc".
        template(
            "{{ Sha2Hash \"a\" \"bc\" }}", gives: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        template("{{ Hash \"ab\" \"c\" }}", gives: "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
        Construct(
            "value of the source", [pairs, .template(source: "b", template: "<{{ .Value }}>"), .output(source: "b")],
            "b=x", gives: ["<x>"]),
        Construct(
            "an empty text removes the value", [pairs, .template(source: "a", template: ""), .labels(["a": nil])],
            "a=1",
            gives: ["a=1"]),
        Construct(
            "a failing template changes nothing",
            [pairs, .template(source: "a", template: "{{ .b | int | div 1 }}"), .labels(["a": nil])], "a=1 b=0",
            gives: ["a=1 b=0"], labels: ["a": "1"]),
        Construct(
            "replace with other values",
            [pairs, .replace(expression: "a=([0-9])", source: nil, replacement: "{{ .b }}{{ .Value }}")], "a=1 b=Two",
            gives: ["a=Two1 b=Two"]),
    ]

    @Test(arguments: templates) func `templates make values`(construct: Construct) async throws {
        try await StageTests().check(construct)
    }

    private static let document =
        #"{"a":{"b":[{"n":"x","v":1},{"n":"y","v":2.50},{"n":"z","v":10}],"c":null},"t":["q","p"],"f":false,"e":[[1],2]}"#

    static let paths: [(expression: String, result: String?)] = [
        ("a.b[0].n", "x"), ("a.b[-1].n", "z"), ("a.b[*].v", "[1,2.50,10]"), ("a.b[?v > `1`].n | [0]", "y"),
        ("a.b[1:].n", #"["y","z"]"#), ("a.b[::-1].v", "[10,2.50,1]"), ("a.*[0].n", #"["x"]"#), ("length(a.b)", "3"),
        ("a.b[].{name: n, value: v} | [0]", #"{"name":"x","value":1}"#), ("[f, t[0]]", #"[false,"q"]"#),
        ("sort(t) | join('-', @)", "p-q"), ("max_by(a.b, &v).n", "z"), ("sum(a.b[*].v)", "13.5"),
        ("a.c || 'none'", "none"),
        ("a.b[?n == 'y'] | [0].v", "2.50"), ("e[]", "[1,2]"), ("!f", "true"), ("f && t", "false"), ("a.c", nil),
        ("keys(a)", #"["b","c"]"#), ("not_null(a.c, t[1])", "p"), ("to_number('7')", "7"), ("type(t)", "array"),
        ("contains(t, 'q')", "true"), ("a.b[?starts_with(n, 'z')].v | [0]", "10"), ("missing[*].x", nil),
        ("map(&n, a.b)", #"["x","y","z"]"#), ("a.b[?v >= `2` && v < `5`].n", #"["y"]"#), ("(a.b)[2].n", "z"),
        ("t[?@ != 'q']", #"["p"]"#), ("floor(a.b[1].v)", "2"), ("values(a) | [0][0].n", "x"),
        ("\"a\".\"b\"[0].v", "1"), ("`{\"k\":1}`.k", "1"), ("a.b[99].n", nil),
    ]

    @Test(arguments: paths.indices) func `JMESPath takes values out`(index: Int) async throws {
        let (expression, result) = Self.paths[index]
        try await StageTests().check(
            Construct(
                expression, [.json(.init(expressions: ["x": expression])), .labels(["x": nil])], Self.document,
                gives: [Self.document], labels: result.map { ["x": $0] } ?? [:]))
    }

    @Test(arguments: ["a[", "a..b", "a[?b", "frob(a)", "length()", "a[1:2:0]", "{a}", "a ==", "'x", "a b", "*a"])
    func `what is no JMESPath is refused`(expression: String) {
        #expect(StageConfiguration.json(.init(expressions: ["x": expression])).problem()?.stage == "json")
    }

    @Test func `expressions nested too deeply are refused instead of crashing`() {
        let expression = String(repeating: "(", count: 5_000) + "a" + String(repeating: ")", count: 5_000)
        #expect(StageConfiguration.json(.init(expressions: ["x": expression])).problem() != nil)
    }

    @Test func `the text of a Windows event is taken apart`() async throws {
        var settings = StageConfiguration.EventLogMessage()
        settings.source = "m"
        try await StageTests().check(
            Construct(
                "event",
                [
                    .json(.init(expressions: ["m": nil])), .eventLogMessage(settings),
                    .labels(["Description": nil, "Account_Name": nil, "Logon_ID": nil]),
                ], #"{"m":"Logged on.\r\n\r\nSubject:\r\n\tAccount Name:\tann\r\n\tLogon ID:\t\t0x3E7\r\n"}"#,
                gives: [#"{"m":"Logged on.\r\n\r\nSubject:\r\n\tAccount Name:\tann\r\n\tLogon ID:\t\t0x3E7\r\n"}"#],
                labels: ["Description": "Logged on.", "Account_Name": "ann", "Logon_ID": "0x3E7"]))
    }
}
