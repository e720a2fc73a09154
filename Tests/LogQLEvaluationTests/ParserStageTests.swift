import LogQL
import Testing
import WeirModel

/// What `json`, `logfmt` and label filters make of a line, shown by the labels of the answer.
@Suite struct ParserStageTests {
    /// The label sets of the answer to `{app="web"}` with stages, over some lines; `app` is left out.
    private func labels(
        _ stages: String, _ lines: String..., streamLabels: LabelSet = ["app": "web"], metadata: [Label] = []
    ) async -> [String] {
        var script = QueryScript()
        script.push(streamLabels, metadata: metadata, lines)
        let found = await script.answer("{app=\"web\"} \(stages)", QueryScript.range(0, 100, 1), direction: .forward)
        // Entries begin with their second, label sets with a brace.
        return found.filter { $0.hasPrefix("{") || $0.hasPrefix("error") }
            .map {
                $0.replacing(#"app="web", "#, with: "").replacing(#", app="web""#, with: "").replacing(
                    #"{app="web"}"#, with: "{}")
            }
    }

    @Test func `objects are flattened, arrays and nulls passed over, texts unescaped`() async {
        let found = await labels(
            "| json", #" {"a":{"b":1.50,"c":{"d":"x\ty"}},"l":[1,{"z":2}],"n":null,"t":true,"e":""} tail"#)
        #expect(found == [#"{a_b="1.50", a_c_d="x\ty", e="", t="true"}"#])
    }

    @Test func `the first of equal keys wins, also over later parsers`() async {
        #expect(await labels("| json", #" {"a":1,"a":2}"#) == [#"{a="1"}"#])
        #expect(await labels("| json | logfmt", #" {"a":1} a=2 b=3"#) == [#"{a="1", b="3"}"#])
    }

    @Test func `names are made valid`() async {
        #expect(
            await labels("| json", #" {"1a":1,"b c":2," d ":4,"é":5,"":6}"#) == [#"{_="5", _1a="1", b_c="2", d="4"}"#])
    }

    @Test func `a parsed label does not hide one of the stream or of metadata`() async {
        let found = await labels(
            "| json", #" {"env":"line","trace":"line","app":"line"}"#, streamLabels: ["app": "web", "env": "prod"],
            metadata: [Label("trace", "meta"), Label("env", "meta")])
        #expect(
            found == [
                #"{app_extracted="line", env="prod", env_extracted="line", trace="meta", trace_extracted="line"}"#
            ])
    }

    @Test func `labels before a fault stay`() async {
        #expect(
            await labels("| json | drop __error_details__", #" {"a":1,"b":"#) == [
                #"{__error__="JSONParserErr", a="1"}"#
            ])
    }

    @Test func `paths reach into objects and arrays`() async {
        let line = #"{"a":{"b":[{"c":"x"},2]},"k k":null,"o":{"p":1}}"#
        #expect(
            await labels(#"| json x="a.b[0].c", y="a.b[1]", z="a.b[7]", k="[\"k k\"]", o"#, line) == [
                #"{k="", o="{\"p\":1}", x="x", y="2", z=""}"#
            ])
        #expect(await labels("| json x=\"a\"", "plain") == [#"{__error__="JSONParserErr"}"#])
    }

    @Test func `logfmt reads pairs and passes over what is none`() async {
        #expect(
            await labels("| logfmt", #"a=1 b="two words" c d= =x e=f=g h="a\"b" plain i="open"#) == [
                #"{a="1", b="two words", h="a\"b"}"#
            ])
        #expect(await labels("| logfmt --keep-empty", "a=1 c d=") == [#"{a="1", c="", d=""}"#])
        #expect(
            await labels("| logfmt --strict | drop __error_details__", "a=1 b=c=d e=2") == [
                #"{__error__="LogfmtParserErr", a="1"}"#
            ])
        #expect(await labels(#"| logfmt x="a", y"#, "a=1 b=2 a=3") == [#"{x="3", y=""}"#])
    }

    @Test func `numbers, durations and sizes are compared as such`() async {
        func passes(_ filter: String, _ line: String) async -> Bool {
            await !labels("| logfmt | \(filter)", line).isEmpty
        }
        #expect(await passes("n > 5", "n=6"))
        #expect(await !passes("n > 5", "n=5.0"))
        #expect(await passes("n == 5", "n=5.0"))
        #expect(await passes("n >= 1000", "n=1e3"))
        #expect(await passes("d > 1s", "d=1.5s"))
        #expect(await !passes("d <= 1s", "d=1m0.5s"))
        #expect(await passes("s > 1KB", "s=2kB"))
        #expect(await passes("s < 3kB", "s=2KiB"))
        #expect(await !passes("missing != 5", "n=6"))
    }

    @Test func `a value that cannot be converted passes with an error`() async {
        #expect(
            await labels("| logfmt | n > 5 | drop __error_details__", "n=many") == [
                #"{__error__="LabelFilterErr", n="many"}"#
            ])
    }

    @Test func `filters join by and, or and comma`() async {
        func passes(_ filter: String) async -> Bool {
            await !labels("| logfmt | \(filter)", "a=1 b=2 c=3").isEmpty
        }
        #expect(await passes(#"a="1" and b="2""#))
        #expect(await !passes(#"a="1" and b="3""#))
        #expect(await passes(#"a="0" or b="2""#))
        #expect(await passes(#"a="1", b="2" or c="0""#))
        #expect(await passes(#"a=~"1|2" and b!~"3.*" and c!="""#))
        #expect(await !passes(#"a=~"1.+""#))
        #expect(await passes(#"nope="""#))
    }

    @Test func `templates see the labels of errors as absent`() async {
        var script = QueryScript()
        script.push(["app": "web"], ["no json"])
        await script.check(
            #"{app="web"} | json | line_format "<{{.__error__}}>" | drop __error_details__"#,
            #"{__error__="JSONParserErr", app="web"}"#, "0 <>")
        await script.check(
            #"{app="web"} | json | label_format e="<{{.__error__ | len}}>" | drop __error__, __error_details__"#,
            #"{app="web", e="<0>"}"#, "0 no json")
    }

    @Test func `an empty alternative of a label filter matches nothing`() async {
        var script = QueryScript()
        script.push(["app": "web"], ["a=1", "a=2", "b=3"])
        await script.check(#"{app="web"} | logfmt | a=~"1|" | keep a"#, #"{a="1"}"#, "0 a=1")
        await script.check(#"{app="web"} | logfmt | a=~"" | keep a"#, "{}", "2 b=3")
        await script.check(#"{app="web"} | logfmt | a!~"1|" | keep a"#, "{}", "2 b=3", #"{a="2"}"#, "1 a=2")
    }
}
