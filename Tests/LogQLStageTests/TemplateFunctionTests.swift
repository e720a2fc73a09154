import Testing
import WeirModel

/// The functions of templates, each by what it makes of given values.
@Suite struct TemplateFunctionTests {
    private let line = StageCheck(["n=2 v=4.5"], labels: [Label("size", "2.5MB"), Label("took", "1.211s")])

    @Test(arguments: [
        (#"{{ ToLower "ABC" }} {{ ToUpper "abc" }} {{ lower "É" }} {{ upper "abc é ß" }}"#, "abc ABC é ABC É ß"),
        (#"{{ title "hello wide world" }}"#, "Hello Wide World"),
        (#"<{{ TrimSpace " x " }}> <{{ trim "  x y  " }}>"#, "<x> <x y>"),
        (#"{{ Trim "xxaxx" "x" }} {{ trimAll "x" "xxaxx" }}"#, "a a"),
        (#"{{ TrimLeft "xxaxx" "x" }} {{ TrimRight "xxaxx" "x" }}"#, "axx xxa"),
        (#"{{ TrimPrefix "-a-" "-" }} {{ TrimSuffix "-a-" "-" }}"#, "a- -a"),
        (#"{{ trimPrefix "-" "-hello-" }} {{ trimSuffix "-" "-hello-" }}"#, "hello- -hello"),
        (#"{{ replace "a" "-" "banana" }} {{ Replace "banana" "a" "o" 2 }}"#, "b-n-n- bonona"),
        (#"{{ Replace "banana" "a" "o" -1 }}"#, "bonono"),
        (#"{{ contains "ell" "hello" }} {{ hasPrefix "he" "hello" }} {{ hasSuffix "he" "hello" }}"#, "true true false"),
        (#"{{ trunc 3 "héllo" }} {{ trunc -2 "abcdef" }} {{ trunc 9 "abc" }}"#, "hé ef abc"),
        (#"{{ substr 2 -1 "abcdef" }} {{ substr -1 3 "abcdef" }} {{ substr 1 3 "abcdef" }}"#, "cdef abc bc"),
        (#"{{ repeat 3 "ab" }}"#, "ababab"),
        (#"{{ indent 4 "a\nb" }}"#, "    a\n    b"), (#"{{ nindent 2 "a\nb" }}"#, "\n  a\n  b"),
        (#"<{{ alignLeft 5 "ab" }}> <{{ alignLeft 2 "abcdef" }}> <{{ alignLeft -1 "ab" }}>"#, "<ab   > <ab> <ab>"),
        (#"<{{ alignRight 5 "ab" }}> <{{ alignRight 2 "abcdef" }}> <{{ alignRight 3 "é" }}>"#, "<   ab> <ef> <  é>"),
        (#"{{ default "d" "" }} {{ default "d" "set" }} {{ .nolabel | default "none" }}"#, "d set none"),
    ])
    func `texts`(template: String, expected: String) async {
        await line.checkLine(template, expected)
    }

    @Test(arguments: [
        // The first two bytes of a character of three, and its last.
        (#"{{ substr 0 2 "日" | ToUpper }}"#, "\u{FFFD}\u{FFFD}"), (#"{{ substr 2 3 "日" | title }}"#, "\u{FFFD}"),
        (#"{{ substr 0 2 "日" | alignLeft 3 }}|"#, "\u{FFFD} |"), (#"{{ substr 0 2 "日" | alignRight 1 }}"#, "\u{FFFD}"),
        (#"{{ substr 0 2 "日" | printf "%q" }}"#, #""\xe6\x97""#),
        (#"{{ printf "%3s|" (substr 2 3 "日") }}"#, "  \u{FFFD}|"),
        (#"{{ printf "%.1s|" (substr 1 7 "a日b") }}"#, "日|"), (#"{{ trim (substr 0 3 " 日") }}"#, "\u{FFFD}"),
    ])
    func `every byte that belongs to no character counts for itself`(template: String, expected: String) async {
        await line.checkLine(template, expected)
    }

    @Test(arguments: [
        (#"{{ add 1 2 3 }} {{ add "4" 3 }} {{ add 1.9 1 }} {{ add 1 2.7 }}"#, "6 7 2 3"),
        (#"{{ sub 5 8 }} {{ mul 2 3 4 }} {{ div 9 2 }} {{ mod 7 3 }}"#, "-3 24 4 1"),
        (#"{{ addf 1.5 2 0.25 }} {{ subf 5.5 2 1 }} {{ mulf 1.5 2 }} {{ divf 10 4 2 }}"#, "3.75 2.5 3 1.25"),
        (#"{{ max 1 5 3 }} {{ min 4 2 8 }} {{ maxf 1.5 2.5 }} {{ minf 1.5 2.5 }}"#, "5 2 2.5 1.5"),
        (#"{{ ceil 1.2 }} {{ ceil -1.2 }} {{ floor 1.8 }} {{ floor -1.8 }}"#, "2 -1 1 -2"),
        (#"{{ round 123.5555 3 }} {{ round 2.5 0 }}"#, "123.556 3"),
        (#"{{ int "42" }} {{ int "4.9" }} {{ int "x" }} {{ int 7.9 }} {{ int "12abc" }}"#, "42 4 0 7 0"),
        (#"{{ float64 "2.5" }}"#, "2.5"), (#"{{ add (mul 2 3) (sub 10 (div 9 3)) }}"#, "13"),
        (#"{{ .size | bytes }} {{ bytes "5 MiB" }} {{ .took | duration }}"#, "2.5e+06 5.24288e+06 1.211"),
        (#"{{ duration "1h30m" }} {{ duration "250ms" }} {{ duration_seconds "1.5m" }}"#, "5400 0.25 90"),
    ])
    func `numbers`(template: String, expected: String) async {
        await line.checkLine(template, expected)
    }

    @Test(arguments: [
        (#"{{ b64enc "hello wörld" }} {{ b64dec "aGVsbG8=" }}"#, "aGVsbG8gd8O2cmxk hello"),
        (#"{{ b64dec "!!" }}"#, "illegal base64 data at input byte 0"),
        (#"{{ urlencode "a b&c" }} {{ urldecode "a%20b+c%C3%A9" }}"#, "a+b%26c a b cé"),
        (#"{{ regexReplaceAll "(a)(b)" "ab" "${2}x${1}" }}"#, "bxa"),
        (#"{{ regexReplaceAllLiteral "a+" "xaay" "$1" }}"#, "x$1y"),
        (#"{{ count "a" "banana" }} {{ count "an+" "banana" }} {{ count "z" "x" }}"#, "3 2 0"),
        (#"{{ $j := fromJson "{\"a\":{\"b\":[1,2.5,\"x\"]}}" }}{{ $j.a.b }} {{ index $j.a.b 1 }}"#, "[1 2.5 x] 2.5"),
        (
            #"{{ range $k, $v := fromJson "{\"b\":1,\"a\":true,\"c\":null}" }}{{ $k }}:{{ $v }} {{ end }}"#,
            "a:true b:1 c:<no value> "
        ),
        (#"{{ fromJson "nope" }}"#, "<no value>"),
    ])
    func `codes, expressions and JSON`(template: String, expected: String) async {
        await line.checkLine(template, expected)
    }

    @Test(arguments: [
        (#"{{ unixToTime "1700000000" | date "2006-01-02 15:04:05" }}"#, "2023-11-14 22:13:20"),
        (
            #"{{ unixToTime "1700000000123456" | unixEpochNanos }} {{ unixToTime "1700000000123456789" | unixEpochNanos }}"#,
            "1700000000123456000 1700000000123456789"
        ),
        (#"{{ unixToTime "1700000000123" | unixEpochMillis }}"#, "1700000000123"),
        (#"{{ unixToTime "19700" | unixEpoch }}"#, "1702080000"),
        (#"{{ toDate "2006-01-02" "2021-11-02" | unixEpoch }}"#, "1635811200"),
        (#"{{ toDate "2006-01-02 15:04:05" "2024-02-29 00:00:01" | unixEpochMillis }}"#, "1709164801000"),
        (#"{{ toDateInZone "2006-01-02" "Mars/Base" "2021-07-02" | unixEpoch }}"#, "1625184000"),
        (#"{{ date "Mon Jan _2 15:04:05 2006" (unixToTime "1700000000") }}"#, "Tue Nov 14 22:13:20 2023"),
        (#"{{ date "02/01/06 03:04PM" (unixToTime "1700000000") }}"#, "14/11/23 10:13PM"),
        (#"{{ __timestamp__ | unixEpoch }} {{ __timestamp__ | date "15:04:05" }}"#, "1700000000 22:13:20"),
        (#"{{ now | unixEpoch }}"#, "0"),
    ])
    func `times`(template: String, expected: String) async {
        await line.checkLine(template, expected)
    }

    @Test(arguments: [
        (#"{{ len "héllo" }} {{ index "abc" 1 }} {{ slice "abcdef" 1 3 }}"#, "6 98 bc"),
        (#"{{ lt 1 2 }} {{ le 2 2 }} {{ gt 1.5 2.5 }} {{ ge "b" "a" }}"#, "true true false true"),
        (#"{{ and 1 "" }}|{{ or "" "x" }}|{{ not "" }}|{{ eq .app "x" "web" }}|{{ ne 1 2 }}"#, "|x|true|true|true"),
        (
            #"{{ printf "%d %x %08.3f %v %t %c %U %e" 42 255 3.14159 "v" true 65 9731 12345.678 }}"#,
            "42 ff 0003.142 v true A U+2603 1.234568e+04"
        ),
        (#"{{ printf "%d" "text" }} {{ printf "%05s|%-5s|%q" "2" "v" .app }}"#, #"%!d(string=text) 00002|v    |"web""#),
        (#"{{ print 1 2 "a" }}"#, "1 2a"),
        (#"{{ html "<a&b>" }} {{ js "it's \"q\"" }} {{ urlquery "a b" }}"#, #"&lt;a&amp;b&gt; it\'s \"q\" a+b"#),
        (#"{{ if eq .app "web" }}yes{{ else }}no{{ end }}{{ with .nolabel }}never{{ end }}"#, "yes"),
        (#"{{ range fromJson "[1,2,3]" }}{{ if eq . 2.0 }}{{ break }}{{ end }}{{ . }}{{ end }}"#, "1"),
        (#"{{ range $k, $v := . }}{{ $k }}={{ $v }} {{ end }}"#, "app=web size=2.5MB took=1.211s "),
        (#"{{/* note */}}{{ "a\tb" }}{{ "\u00e9" }} {{- "x" }}"#, "a\tbéx"),
        (#"{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" .app }}"#, "<web>"),
    ])
    func `what every template has`(template: String, expected: String) async {
        await line.checkLine(template, expected)
    }

    @Test(arguments: [
        (#"{{ urldecode "100%" }}"#, #"<urldecode "100%">: error calling urldecode: invalid URL escape "%""#),
        (
            #"{{ bytes "lots" }}"#,
            #"<bytes "lots">: error calling bytes: strconv.ParseFloat: parsing "": invalid syntax"#
        ),
        (#"{{ eq "1" 1 }}"#, #"<eq "1" 1>: error calling eq: incompatible types for comparison: string and int"#),
        (#"{{ div 1 0 }}"#, "<div 1 0>: error calling div: runtime error: integer divide by zero"),
        (#"{{ mod 1 0 }}"#, "<mod 1 0>: error calling mod: runtime error: integer divide by zero"),
        (#"{{ round 1.5 }}"#, "<round>: wrong number of args for round: want at least 2 got 1"),
        (#"{{ unixToTime "123" }}"#, #"<unixToTime "123">: error calling unixToTime: "#),
    ])
    func `values that a function cannot take are errors`(template: String, expected: String) async {
        await line.checkFailure(template, expected)
    }
}
