import Testing
import WeirModel

/// `drop` and `keep`.
@Suite struct LabelSelectionTests {
    private let lines = StageCheck(
        ["level=error n=1", "level=info n=2"], labels: [Label("env", "prod")], metadata: [Label("trace", "7")])

    @Test func `drop removes labels of every kind`() async {
        await lines.check(
            "| logfmt | drop env, trace, n, nolabel", "{level=error} level=error n=1", "{level=info} level=info n=2")
        await lines.check(
            #"| logfmt | drop app, env="dev", trace=~"\\d", n!="1""#, "{env=prod, level=error, n=1} level=error n=1",
            "{env=prod, level=info} level=info n=2")
        await lines.check(
            #"| logfmt | drop env=~"pr.*|li.*", trace, level!~"err.+""#, "{level=error, n=1} level=error n=1",
            "{n=2} level=info n=2")
    }

    @Test func `keep removes the labels that are not named`() async {
        await lines.check("| logfmt | keep level", "{level=error} level=error n=1", "{level=info} level=info n=2")
        await lines.check(
            #"| logfmt | keep trace, level="info""#, "{trace=7} level=error n=1",
            "{level=info, trace=7} level=info n=2")
        await lines.check(
            "| logfmt | keep level, n | drop level", "{n=1} level=error n=1", "{n=2} level=info n=2")
        await lines.check("| keep nolabel", "{} level=error n=1", "{} level=info n=2")
    }

    @Test func `errors outlive keep and fall to drop`() async {
        let plain = StageCheck(["plain"])
        let error =
            "{__error__=JSONParserErr, __error_details__=Value looks like object, but can't find closing '}' symbol"
        await plain.check("| json | keep nolabel", error + "} plain")
        await plain.check("| json | drop nolabel", error + "} plain")
        await plain.check("| json | drop __error__", "{} plain")
        await plain.check(#"| json | drop __error__="JSONParserErr", __error_details__"#, "{} plain")
        await plain.check("| json | drop __error_details__", "{__error__=JSONParserErr} plain")
    }
}
