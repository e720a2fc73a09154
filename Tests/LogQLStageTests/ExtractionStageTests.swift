import Testing
import WeirModel

/// `regexp`, `pattern` and `unpack`: labels out of lines.
@Suite struct ExtractionStageTests {
    // MARK: regexp

    @Test func `named groups become labels, others do not`() async {
        let lines = StageCheck(["Failed root from 10.0.0.1 port 22", "Accepted key"])
        await lines.check(
            #"| regexp "Failed (?P<who>\\S+) (from) (?P<addr>\\S+)""#,
            "{addr=10.0.0.1, who=root} Failed root from 10.0.0.1 port 22", "{} Accepted key")
        await lines.check("| regexp `port (?<port>\\d+)` | port > 20", "{port=22} Failed root from 10.0.0.1 port 22")
    }

    @Test func `the first match counts, and a group beside it is empty`() async {
        let lines = StageCheck(["n=2 n=3"])
        await lines.check("| regexp `n=(?P<n>\\d)(?P<none>zzz)?`", "{n=2, none=} n=2 n=3")
        await lines.check("| regexp `(?i)N=(?P<n>\\d)$`", "{n=3} n=2 n=3")
    }

    @Test func `a group does not hide a label of the stream or of a stage before`() async {
        let lines = StageCheck(["a=1 b=2"])
        await lines.check("| regexp `a=(?P<app>\\d)`", "{app_extracted=1} a=1 b=2")
        await lines.check("| logfmt | regexp `b=(?P<a>\\d)`", "{a=1, b=2} a=1 b=2")
    }

    @Test func `expressions without use are refused`() async {
        let lines = StageCheck(["a"])
        let prefix = "refused: parse error : invalid regexp parser: "
        await lines.check("| regexp `a(b)c`", prefix + "at least one named capture must be supplied")
        await lines.check("| regexp `(?P<a>x)(?P<a>y)`", prefix + "duplicate extracted label name 'a'")
        await lines.check("| regexp `(?P<a>x`", prefix + "error parsing regexp: missing closing ): `(?P<a>x`")
    }

    // MARK: pattern

    @Test func `captures stand between literals`() async {
        let lines = StageCheck([#"10.0.0.1 - bob [10/Mar] "GET /a?b=c HTTP/1.1" 200 12 "-" rt=1"#])
        await lines.check(
            #"| pattern `<ip> - <user> [<_>] "<method> <url> <_>" <code> <size> <_>` | line_format "x""#,
            "{code=200, ip=10.0.0.1, method=GET, size=12, url=/a?b=c, user=bob} x")
        await lines.check("| pattern `<_>\" <code> <_x> \"<_>` | line_format \"\"", "{_x=12, code=200} ")
    }

    @Test func `a pattern takes what it can and no more`() async {
        let lines = StageCheck(["n=2 v=4.5"])
        await lines.check("| pattern `n=<n> v=<v>`", "{n=2, v=4.5} n=2 v=4.5")
        await lines.check("| pattern `n=<n> zzz <z>`", "{n=2 v=4.5} n=2 v=4.5")
        await lines.check("| pattern `v=<v>`", "{} n=2 v=4.5")
        await lines.check("| pattern `n=<n> v`", "{n=2} n=2 v=4.5")
        await lines.check("| pattern `n=<app> <_>`", "{app_extracted=2} n=2 v=4.5")
    }

    @Test func `patterns without use are refused`() async {
        let lines = StageCheck(["a"])
        let prefix = "refused: parse error : invalid pattern parser: "
        await lines.check("| pattern `<_> x <_>`", prefix + "at least one capture is required")
        await lines.check("| pattern `<a> <a>`", prefix + "duplicate capture name (a): invalid expression")
    }

    // MARK: unpack

    @Test func `a packed line is unpacked into its line and labels`() async {
        let packed = #"{"ns":"blue","n":1,"o":{"a":"b"},"_entry":"say \"hi\"\té","app":"packed"}"#
        await StageCheck([packed]).check(
            "| unpack", "{app_extracted=packed, ns=blue} say \"hi\"\té")
        await StageCheck([packed]).check("| unpack |= `hi` | ns=`green`")
    }

    @Test func `what is not packed stays, other than objects with an error`() async {
        await StageCheck([#"{"ns":"blue"}"#]).check("| unpack", #"{} {"ns":"blue"}"#)
        await StageCheck(["plain"]).check(
            "| unpack",
            "{__error__=JSONParserErr, __error_details__=expecting json object(6), but it is not} plain")
        await StageCheck([#"{"ns":"blue","_entry":"cut"#]).check(
            "| unpack | drop __error_details__", #"{__error__=JSONParserErr} {"ns":"blue","_entry":"cut"#)
    }
}
