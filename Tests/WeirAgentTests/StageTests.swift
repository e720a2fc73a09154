import Testing
import WeirAgent
import WeirTesting
import WeirModel

@Suite struct StageTests {
    /// One pipeline, one text, and what becomes of it.
    struct Construct: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let stages: [StageConfiguration]
        let input: String
        let lines: [String]
        var labels: LabelSet = [:]
        var timestamp: Int64?

        init(
            _ name: String, _ stages: [StageConfiguration], _ input: String, gives lines: [String],
            labels: LabelSet = [:], at timestamp: Int64? = nil
        ) {
            (testDescription, self.stages, self.input) = (name, stages, input)
            (self.lines, self.labels, self.timestamp) = (lines, labels, timestamp)
        }
    }

    /// Checks the lines, the labels of the first one besides those of the target, and its time where one is given.
    func check(_ construct: Construct) async throws {
        let scene = try FollowingScene(stages: construct.stages)
        try scene.append(construct.input + "\n", to: "logs/a.log")
        await scene.settle()
        // The last block of several lines waits for one more.
        scene.clock.advance(byNanoseconds: 4_000_000_000)
        await scene.settle()
        #expect(scene.destination.lines == construct.lines)
        guard let first = scene.destination.entries.first else { return }
        #expect(first.labels.removing(["job", "filename"]) == construct.labels)
        if let timestamp = construct.timestamp { #expect(first.timestamp == timestamp) }
    }

    private static func time(_ format: String, fallback: [String] = []) -> [StageConfiguration] {
        var settings = StageConfiguration.TimestampStage(source: "t", format: format)
        settings.fallbackFormats = fallback
        return [.regex(expression: #"t=(?P<t>\S+)"#, source: nil), .timestamp(settings)]
    }

    static let times: [Construct] = [
        Construct(
            "RFC3339", time("RFC3339"), "t=1970-01-01T00:00:01Z", gives: ["t=1970-01-01T00:00:01Z"], at: 1_000_000_000),
        Construct(
            "zone", time("RFC3339Nano"), "t=1970-01-01T01:00:00.5+01:00", gives: ["t=1970-01-01T01:00:00.5+01:00"],
            at: 500_000_000),
        Construct("Unix", time("Unix"), "t=1700000000", gives: ["t=1700000000"], at: 1_700_000_000_000_000_000),
        Construct(
            "Unix with a fraction", time("Unix"), "t=1700000000.123456789", gives: ["t=1700000000.123456789"],
            at: 1_700_000_000_123_456_789),
        Construct(
            "UnixMs", time("UnixMs"), "t=1700000000123", gives: ["t=1700000000123"], at: 1_700_000_000_123_000_000),
        Construct(
            "UnixUs", time("UnixUs"), "t=1700000000123456", gives: ["t=1700000000123456"], at: 1_700_000_000_123_456_000
        ),
        Construct(
            "UnixNs", time("UnixNs"), "t=1700000000123456789", gives: ["t=1700000000123456789"],
            at: 1_700_000_000_123_456_789),
        Construct("fallback", time("RFC3339", fallback: ["Unix"]), "t=12", gives: ["t=12"], at: 12_000_000_000),
        Construct(
            "fudged behind the last good one", time("Unix") + [drop { $0.expression = "t=7" }], "t=7\nt=x",
            gives: ["t=x"], at: 7_000_000_001),
    ]

    @Test(arguments: times) func `times come from values`(construct: Construct) async throws {
        try await check(construct)
    }

    private static func drop(_ configure: (inout StageConfiguration.Drop) -> Void) -> StageConfiguration {
        var settings = StageConfiguration.Drop()
        configure(&settings)
        return .drop(settings)
    }

    private static let pairs = StageConfiguration.logfmt(.init(mapping: ["a": nil, "b": nil]))

    private static func match(
        _ selector: String, drops: Bool = false, _ stages: [StageConfiguration] = []
    ) -> StageConfiguration {
        var settings = StageConfiguration.Match(selector: selector)
        (settings.drops, settings.stages) = (drops, stages)
        return .match(settings)
    }

    static let drops: [Construct] = [
        Construct("expression", [drop { $0.expression = "de+bug" }], "deebug\ninfo", gives: ["info"]),
        Construct("longer than", [drop { $0.longerThan = 3 }], "abc\nabcd", gives: ["abc"]),
        Construct(
            "value", [pairs, drop { ($0.sources, $0.value) = (["a"], "1") }], "a=1\na=11\nb=1", gives: ["a=11", "b=1"]),
        Construct(
            "several sources", [pairs, drop { ($0.sources, $0.expression) = (["a", "b"], "^1;2$") }],
            "a=1 b=2\na=1 b=3", gives: ["a=1 b=3"]),
        Construct(
            "all conditions must hold", [drop { ($0.longerThan, $0.expression) = (3, "x") }], "xxxx\nx\nyyyy",
            gives: ["x", "yyyy"]),
        Construct("match drops", [match(#"{job="app"} |= "debug""#, drops: true)], "debug\ninfo", gives: ["info"]),
        Construct("match of another stream", [match(#"{job="other"}"#, drops: true)], "debug", gives: ["debug"]),
        Construct(
            "match by pattern, negated", [match(#"{job=~"a.*"} !~ "in.o""#, drops: true)], "debug\ninfo",
            gives: ["info"]),
        Construct(
            "match runs stages", [match(#"{job="app"} |= "a""#, [.staticLabels(["hit": "yes"])])], "a", gives: ["a"],
            labels: ["hit": "yes"]),
        Construct(
            "match leaves others", [match(#"{job="app"} |= "a""#, [.staticLabels(["hit": "yes"])])], "b", gives: ["b"]),
        Construct("sampling nothing", [.sampling(rate: 0)], "a\nb", gives: []),
        Construct("sampling everything", [.sampling(rate: 1)], "a\nb", gives: ["a", "b"]),
    ]

    @Test(arguments: drops) func `lines are dropped or kept`(construct: Construct) async throws {
        try await check(construct)
    }

    private static func json(_ expressions: [String: String?], source: String? = nil) -> StageConfiguration {
        .json(.init(expressions: expressions, source: source))
    }

    static let extractions: [Construct] = [
        Construct(
            "regex", [.regex(expression: "(?P<level>[a-z]+):", source: nil), .labels(["level": nil])], "warn: x",
            gives: ["warn: x"], labels: ["level": "warn"]),
        Construct(
            "regex of a value", [pairs, .regex(expression: "(?P<d>[0-9])", source: "a"), .labels(["d": nil])], "0 a=x5",
            gives: ["0 a=x5"], labels: ["d": "5"]),
        Construct(
            "regex without a match", [.regex(expression: "(?P<level>[A-Z]+)", source: nil), .labels(["level": nil])],
            "x", gives: ["x"]),
        Construct("logfmt, quoted", [pairs, .output(source: "b")], #"a=1 b="two \"2\"""#, gives: [#"two "2""#]),
        Construct("label of another name", [pairs, .labels(["c": "a"])], "a=1", gives: ["a=1"], labels: ["c": "1"]),
        Construct(
            "JSON path", [json(["x": "a.b[1]"]), .output(source: "x")], #"{"a":{"b":[1,"two"],"c":0}}"#, gives: ["two"]),
        Construct(
            "JSON value and what is inside it",
            [json(["o": "a", "x": "a.b"]), .labels(["x": nil]), .output(source: "o")], #"{"a":{"b":7}}"#,
            gives: [#"{"b":7}"#], labels: ["x": "7"]),
        Construct(
            "one JSON value under two names", [json(["x": "a", "y": "a"]), .labels(["x": nil, "y": nil])],
            #"{"a":true}"#, gives: [#"{"a":true}"#], labels: ["x": "true", "y": "true"]),
        Construct(
            "quoted JSON key", [json(["x": #""a.b""#]), .output(source: "x")], #"{"a":{"b":1},"a.b":2}"#, gives: ["2"]),
        Construct(
            "JSON inside JSON", [json(["in": nil]), json(["k": nil], source: "in"), .labels(["k": nil])],
            #"{"in":"{\"k\":\"v\"}"}"#, gives: [#"{"in":"{\"k\":\"v\"}"}"#], labels: ["k": "v"]),
        Construct(
            "escapes beside and apart", [json(["m": nil]), .output(source: "m")],
            #"{"m":"a\"\"b\\\"12345678\u00e9\t123456789\"x\/"}"#, gives: ["a\"\"b\\\"12345678é\t123456789\"x/"]),
        Construct(
            "JSON null sets nothing", [json(["x": nil]), .labels(["x": nil])], #"{"x":null}"#, gives: [#"{"x":null}"#]),
        Construct(
            "broken JSON sets nothing", [json(["x": nil]), .labels(["x": nil])], #"{"x":1"#, gives: [#"{"x":1"#]),
    ]

    @Test(arguments: extractions) func `values are taken out`(construct: Construct) async throws {
        try await check(construct)
    }

    private static func replace(_ expression: String, _ replacement: String) -> StageConfiguration {
        .replace(expression: expression, source: nil, replacement: replacement)
    }

    static let changes: [Construct] = [
        Construct(
            "fixed labels", [.staticLabels(["a": "1", "b": "2"])], "x", gives: ["x"], labels: ["a": "1", "b": "2"]),
        Construct(
            "labels removed", [.staticLabels(["a": "1", "b": "2"]), .labelDrop(["a"])], "x", gives: ["x"],
            labels: ["b": "2"]),
        Construct(
            "labels allowed", [.staticLabels(["a": "1", "b": "2"]), .labelAllow(["b"])], "x", gives: ["x"],
            labels: ["b": "2"]),
        Construct(
            "replace a group", [replace("password=([^ ]+)", "***")], "user=a password=b c",
            gives: ["user=a password=*** c"]),
        Construct("replace all matches", [replace("[0-9]+", "N")], "1 and 22", gives: ["N and N"]),
        Construct(
            "replace with the value", [replace("([a-z]+)", "<{{ .Value | ToUpper }}>")], "ab 1", gives: ["<AB> 1"]),
        Construct("replace nothing", [replace("z", "y")], "ab", gives: ["ab"]),
        Construct("decolorize", [.decolorize], "\u{1b}[31mred\u{1b}[0m", gives: ["red"]),
        Construct(
            "pack", [.staticLabels(["a": "1"]), .pack(labels: ["a"], usesReadTime: false)], "x",
            gives: [#"{"a":"1","_entry":"x"}"#]),
    ]

    @Test(arguments: changes) func `lines and labels are changed`(construct: Construct) async throws {
        try await check(construct)
    }

    private static func multiline(_ firstLine: String, linesMax: Int = 128) -> StageConfiguration {
        var settings = StageConfiguration.Multiline(firstLine: firstLine)
        settings.linesMax = linesMax
        return .multiline(settings)
    }

    static let joins: [Construct] = [
        Construct("blocks", [multiline("^[^ ]")], "a\n 1\n 2\nb\n 3", gives: ["a\n 1\n 2", "b\n 3"]),
        Construct("lines before the first block", [multiline("^A")], "x\nA\n 1", gives: ["x", "A\n 1"]),
        Construct(
            "CRI", [.cri(.init())], "1970-01-01T00:00:01Z stdout F text here", gives: ["text here"],
            labels: ["stream": "stdout"], at: 1_000_000_000),
        Construct(
            "pieces of CRI", [.cri(.init())], "1970-01-01T00:00:01Z stderr P one \n1970-01-01T00:00:02Z stderr F two",
            gives: ["one two"], labels: ["stream": "stderr"]),
        Construct(
            "outputs of CRI do not mix", [.cri(.init())],
            "1970-01-01T00:00:01Z stderr P one \n1970-01-01T00:00:02Z stdout F out\n1970-01-01T00:00:03Z stderr F two",
            gives: ["out", "one two"], labels: ["stream": "stdout"]),
        Construct("no CRI", [.cri(.init())], "plain text", gives: ["plain text"]),
    ]

    @Test(arguments: joins) func `lines that belong together are joined`(construct: Construct) async throws {
        try await check(construct)
    }
}
