import Testing
import WeirTemplate

@Suite struct TemplateTests {
    private static let functions: [String: TemplateFunction] = [
        "join": TemplateFunction([.string, .string]) { arguments, _ in
            .string(arguments[0].printed + arguments[1].printed)
        },
        "first": TemplateFunction([]) { _, environment in environment[0] },
        "fail": TemplateFunction([], variadic: .any) { _, _ throws(TemplateFunction.Failure) in
            throw .init("on purpose")
        },
    ]

    private static let root = TemplateValue.map(
        TemplateMap(
            [
                "a": .text("x"), "n": .text("12"), "list": .list([.integer(1), .float(2.5), .text("z")]),
                "none": .list([]),
            ],
            absent: .string([])))

    private func render(_ text: String) throws -> String {
        var bytes: [UInt8] = []
        let template = try Template(text, name: "line", functions: Self.functions)
        try template.render(Self.root, environment: [.text("env")], into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func check(_ text: String, _ expected: String) throws {
        #expect(try render(text) == expected, "\(text)")
    }

    private func checkFailure(_ text: String, _ expected: String) {
        #expect(throws: TemplateError(expected)) { try render(text) }
    }

    @Test func `texts and fields are put together`() throws {
        try check("plain", "plain")
        try check("<{{.a}}|{{ .missing }}>", "<x|>")
        try check("{{ .a -}}   y", "xy")
        try check("y   {{- .a }}", "yx")
        try check("a {{- /* note */ -}} b", "ab")
    }

    @Test func `only texts and fields need no rendering`() throws {
        #expect(try Template("a{{.b}}", name: "line").segments == [.text([0x61]), .field("b")])
        #expect(try Template("{{.b.c}}", name: "line").segments == nil)
        #expect(try Template("{{ printf .b }}", name: "line").fieldNames == ["b"])
        #expect(try Template("{{ range $k, $v := . }}{{ end }}", name: "line").usesRoot)
    }

    @Test func `conditions choose`() throws {
        try check("{{ if .a }}1{{ else }}2{{ end }}", "1")
        try check("{{ if .missing }}1{{ else if eq .a \"x\" }}2{{ else }}3{{ end }}", "2")
        try check("{{ if not .missing }}1{{ end }}", "1")
        try check("{{ if and .a .missing }}1{{ else }}2{{ end }}", "2")
        try check("{{ or .missing .a }}", "x")
        try check("{{ with .a }}[{{ . }}]{{ end }}", "[x]")
        try check("{{ with .missing }}1{{ else }}{{ .a }}{{ end }}", "x")
    }

    @Test func `ranges visit lists and sorted maps`() throws {
        try check("{{ range .list }}{{ . }},{{ end }}", "1,2.5,z,")
        try check("{{ range $i, $v := .list }}{{ $i }}={{ $v }} {{ end }}", "0=1 1=2.5 2=z ")
        try check("{{ range $k, $v := . }}{{ $k }} {{ end }}", "a list n none ")
        try check("{{ range $i, $v := .list }}{{ if eq $i 1 }}{{ break }}{{ end }}{{ $v }}{{ end }}", "1")
        try check("{{ range .none }}1{{ else }}none{{ end }}", "none")
    }

    @Test func `variables live as long as their block`() throws {
        try check("{{ $x := .a }}{{ $x }}{{ $x = \"y\" }}{{ $x }}", "xy")
        try check("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2")
        try check("{{ range .list }}{{ $.a }}{{ end }}", "xxx")
    }

    @Test func `templates invoke others`() throws {
        try check("{{ define \"t\" }}<{{ . }}>{{ end }}{{ template \"t\" .a }}", "<x>")
        try check("{{ block \"t\" .a }}[{{ . }}]{{ end }}", "[x]")
    }

    @Test func `pipelines hand over the last argument`() throws {
        try check("{{ .a | join \"p\" }}", "px")
        try check("{{ (join .a \"q\") | printf \"%s-%s\" .n }}", "12-xq")
        try check("{{ first }}", "env")
        try check("{{ .list }}", "[1 2.5 z]")
    }

    @Test func `built-in functions answer as in Go`() throws {
        try check("{{ len \"héllo\" }} {{ index \"abc\" 1 }} {{ slice \"abcdef\" 1 3 }}", "6 98 bc")
        try check("{{ index .list 2 }}{{ len .list }}", "z3")
        try check("{{ lt 1 2 }} {{ le 2 2 }} {{ gt 1.5 2.5 }} {{ ge \"b\" \"a\" }}", "true true false true")
        try check("{{ eq .a \"y\" \"x\" }}", "true")
        try check("{{ print 1 2 \"a\" 3 }}|{{ println 1 \"a\" }}", "1 2a3|1 a\n")
        try check("{{ html \"<a&b>\" }} {{ js \"it's\" }} {{ urlquery \"a b&\" }}", "&lt;a&amp;b&gt; it\\'s a+b%26")
    }

    @Test func `printf formats as in Go`() throws {
        try check("{{ printf \"%05s|%-5s|%q\" \"11\" \"ab\" \"c\\\"d\" }}", "00011|ab   |\"c\\\"d\"")
        try check(
            "{{ printf \"%d %x %08.3f %v %t %c %U %e\" 42 255 3.14159 \"v\" true 65 9731 12345.678 }}",
            "42 ff 0003.142 v true A U+2603 1.234568e+04")
        try check("{{ printf \"%d\" \"text\" }}", "%!d(string=text)")
        try check("{{ printf \"%s %d\" \"a\" }}", "a %!d(MISSING)")
        try check("{{ printf \"a\" 1 }}", "a%!(EXTRA int=1)")
        try check("{{ printf \"%.2f %g %6.1f|%+d|%3d|%-3d|\" 2.675 1e6 1.25 5 7 7 }}", "2.67 1e+06    1.2|+5|  7|7  |")
        try check("{{ printf \"%.1f %.0f %.3e\" 0.05 2.5 0.0 }}", "0.1 2 0.000e+00")
    }

    @Test func `numbers are printed shortest`() throws {
        try check(
            "{{ 100000.0 }} {{ 1e6 }} {{ 0.0001 }} {{ 0.00001 }} {{ 5242880.0 }}",
            "100000 1e+06 0.0001 1e-05 5.24288e+06")
        try check("{{ 0x1F }} {{ 'x' }} {{ -3 }} {{ 1_000 }}", "31 120 -3 1000")
    }

    @Test func `faults of form are told when compiling`() {
        checkFailure("{{ frob .a }}", "template: line:1: function \"frob\" not defined")
        checkFailure("{{ if .a }}x", "template: line:1: unexpected EOF")
        checkFailure("a\n{{ end }}", "template: line:2: unexpected {{end}}")
        checkFailure("{{ $x }}", "template: line:1: undefined variable \"$x\"")
        checkFailure("{{ }}", "template: line:1: missing value for command")
        checkFailure("{{ break }}", "template: line:1: {{break}} outside {{range}}")
        checkFailure("{{ \"a }}", "template: line:1: unterminated quoted string")
        checkFailure("{{ .a", "template: line:1: unclosed action")
    }

    @Test func `faults of rendering are told with their place`() {
        checkFailure(
            "{{ fail 1 0 }}",
            "template: line:1:3: executing \"line\" at <fail 1 0>: error calling fail: on purpose")
        checkFailure(
            "a\nb{{ eq \"1\" 1 }}",
            """
            template: line:2:4: executing "line" at <eq "1" 1>: error calling eq: incompatible types for \
            comparison: string and int
            """)
        checkFailure(
            "{{ .a | join }}",
            "template: line:1:8: executing \"line\" at <join>: wrong number of args for join: want 2 got 1")
        checkFailure(
            "{{ join 5 .a }}", "template: line:1:8: executing \"line\" at <5>: expected string; found 5")
        checkFailure(
            "{{ .a.b }}", "template: line:1:3: executing \"line\" at <.a.b>: can't evaluate field b in type string")
    }

    @Test func `endless templates end`() {
        #expect(throws: TemplateError.self) {
            try render("{{ define \"t\" }}{{ template \"t\" }}{{ end }}{{ template \"t\" }}")
        }
        #expect(throws: TemplateError.self) { try render("{{ range 9999999 }}{{ range 9999999 }}{{ end }}a{{ end }}") }
        #expect(throws: TemplateError.self) { try render(String(repeating: "{{ if .a }}", count: 10_000)) }
        #expect(throws: TemplateError.self) { try render("{{ " + String(repeating: "(", count: 10_000)) }
    }
}
