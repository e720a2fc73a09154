import Testing
import WeirModel

/// `line_format`, `label_format` and `decolorize`: other lines and other labels.
@Suite struct FormatStageTests {
    private let lines = StageCheck(["n=2 v=4.5"], labels: [Label("env", "dev")])

    // MARK: line_format

    @Test func `a line is made of labels, the line before and its time`() async {
        await lines.check(#"| line_format "[{{.app}}/{{ .env }}]{{.nolabel}}""#, "{env=dev} [web/dev]")
        await lines.check(#"| line_format "fixed""#, "{env=dev} fixed")
        await lines.check(#"| line_format "<<{{ __line__ }}>>""#, "{env=dev} <<n=2 v=4.5>>")
        await lines.check(
            #"| line_format "{{ __timestamp__ | unixEpochNanos }}""#, "{env=dev} 1700000000000000000")
        await lines.check(#"| line_format "a=1" | logfmt"#, "{a=1, env=dev} a=1")
    }

    @Test func `a failing template leaves the line and says why`() async {
        await lines.check(
            "| line_format `{{ div 1 0 }}`",
            """
            {__error__=TemplateFormatErr, __error_details__=template: line:1:3: executing "line" at <div 1 0>: \
            error calling div: runtime error: integer divide by zero, env=dev} n=2 v=4.5
            """)
    }

    @Test func `a template that cannot be read is refused`() async {
        let prefix = "refused: parse error : stage '| line_format "
        await lines.check(
            "| line_format `{{ frob .a }}`",
            prefix + #""{{ frob .a }}"' : invalid line template: template: line:1: function "frob" not defined"#)
        await lines.check(
            "| line_format `{{ if .a }}x`",
            prefix + #""{{ if .a }}x"' : invalid line template: template: line:1: unexpected EOF"#)
    }

    // MARK: label_format

    @Test func `labels are renamed one after the other`() async {
        await lines.check("| label_format stage=env", "{stage=dev} n=2 v=4.5")
        await lines.check("| label_format stage=nolabel", "{env=dev} n=2 v=4.5")
        await lines.check("| label_format env=env", "{} n=2 v=4.5")
        await lines.check("| label_format t=app, app=env | label_format env=t", "{app=dev, env=web} n=2 v=4.5")
        await lines.check("| logfmt | label_format env=n", "{env=2, v=4.5} n=2 v=4.5")
    }

    @Test func `templates of one stage see the labels before it`() async {
        await lines.check(#"| label_format env="{{.env | upper}}-{{.app}}""#, "{env=DEV-web} n=2 v=4.5")
        await lines.check(#"| label_format x="1", y="{{.x}}-y""#, "{env=dev, x=1, y=-y} n=2 v=4.5")
        await lines.check(
            #"| label_format x="1" | label_format y="{{.x}}-y""#, "{env=dev, x=1, y=1-y} n=2 v=4.5")
        await lines.check(#"| label_format x="""#, "{env=dev, x=} n=2 v=4.5")
        await lines.check(
            #"| label_format l="{{ __line__ }}", t="{{ __timestamp__ | unixEpoch }}""#,
            "{env=dev, l=n=2 v=4.5, t=1700000000} n=2 v=4.5")
    }

    @Test func `metadata is renamed as labels are`() async {
        await StageCheck(["x"], metadata: [Label("trace", "7")]).check("| label_format tr=trace", "{tr=7} x")
    }

    @Test func `a failing template leaves the label`() async {
        await lines.check(
            "| label_format env=`{{ div 1 0 }}`",
            """
            {__error__=TemplateFormatErr, __error_details__=template: label:1:3: executing "label" at <div 1 0>: \
            error calling div: runtime error: integer divide by zero, env=dev} n=2 v=4.5
            """)
    }

    @Test func `one stage sets a label once, and none sets the error`() async {
        let multiple = await lines.answer(#"| label_format c="1", c="2""#)
        #expect(multiple.count == 1)
        #expect(
            multiple[0].hasSuffix("multiple label name 'c' not allowed in a single format operation"), "\(multiple)")
        await lines.check(
            #"| label_format __error__="x""#,
            #"refused: parse error : stage '| label_format __error__="x"' : __error__ cannot be formatted"#)
    }

    // MARK: decolorize

    @Test(arguments: [
        ("\u{1b}[31mred\u{1b}[0m end", "red end"), ("\u{1b}[38;2;1;22;133mINFO\u{1b}[m step", "INFO step"),
        ("\u{1b}[1;32mok\u{1b}[K", "ok"), ("plain é", "plain é"), ("", ""), ("\u{1b}[0m", ""),
    ])
    func `colours of terminals are taken out`(line: String, plain: String) async {
        await StageCheck([line]).check("| decolorize", "{} \(plain)")
    }

    @Test func `filters before see the colours and parsers behind do not`() async {
        let lines = StageCheck(["\u{1b}[31mlevel\u{1b}[0m=error", "level=info"])
        await lines.check(#"|= "\x1b[31m" | decolorize | logfmt"#, "{level=error} level=error")
        await lines.check("| decolorize | logfmt", "{level=error} level=error", "{level=info} level=info")
    }
}
