import LogQL
import Testing

@Suite struct SyntaxErrorTests {
    private func check(_ text: String, _ expected: String) {
        #expect(throws: SyntaxError.self) { try Query.parse(text, dialect: .loki) }
        do { _ = try Query.parse(text, dialect: .loki) } catch { #expect(error.message == expected, "\(text)") }
    }

    @Test func `a token that does not fit is named with its place and what could follow`() {
        check("   ", "parse error at line 1, col 4: syntax error: unexpected $end")
        check(#"{app="a""#, "parse error at line 1, col 9: syntax error: unexpected $end, expecting } or ,")
        check(#"app="a"}"#, "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER")
        check(
            #"{app "a"}"#,
            "parse error at line 1, col 6: syntax error: unexpected STRING, expecting = or =~ or !~ or !=")
        check(#"{app="a",}"#, "parse error at line 1, col 10: syntax error: unexpected }, expecting IDENTIFIER")
        check(#"{,app="a"}"#, "parse error at line 1, col 2: syntax error: unexpected ,, expecting IDENTIFIER or }")
        check(#"{app="a"} |="#, "parse error at line 1, col 13: syntax error: unexpected $end, expecting STRING or ip")
        check(
            #"{app="a"} | drop"#, "parse error at line 1, col 17: syntax error: unexpected $end, expecting IDENTIFIER")
        check(
            #"{app="a"} | n > 5 and"#,
            "parse error at line 1, col 22: syntax error: unexpected $end, expecting IDENTIFIER or (")
        check(
            #"sum by ("app") (rate({app="a"}[5m]))"#,
            "parse error at line 1, col 9: syntax error: unexpected STRING, expecting IDENTIFIER or )")
        check("vector()", "parse error at line 1, col 8: syntax error: unexpected ), expecting NUMBER")
    }

    @Test func `names of functions appear in capitals, keywords as written`() {
        check(
            #"vector(rate({a="b"}[5m]))"#,
            "parse error at line 1, col 8: syntax error: unexpected RATE, expecting NUMBER")
        check(#"{a="b", by=""}"#, "parse error at line 1, col 9: syntax error: unexpected by, expecting IDENTIFIER")
        check(
            #"sum_over_time({a="b"} | unwrap [5m])"#,
            """
            parse error at line 0, col 32: syntax error: unexpected RANGE, expecting IDENTIFIER or BYTES_CONV or \
            DURATION_CONV or DURATION_SECONDS_CONV
            """)
    }

    @Test func `places where many tokens could follow name none`() {
        check(#"{a="b"} {c="d"}"#, "parse error at line 1, col 9: syntax error: unexpected {")
        check(#"{a="b"} | foo "x""#, "parse error at line 1, col 15: syntax error: unexpected STRING")
        check(#"sum({a="b"})"#, "parse error at line 1, col 12: syntax error: unexpected )")
        check(#"topk(-1, rate({a="b"}[5m]))"#, "parse error at line 1, col 8: syntax error: unexpected ,")
        check(#"{a="b"} | logfmt | unwrap n"#, "parse error at line 1, col 20: syntax error: unexpected unwrap")
    }

    @Test func `faults of single tokens are told at their start`() {
        check("{a='sparse'}", "parse error at line 1, col 4: invalid char literal")
        check(#"{a="b"#, "parse error at line 1, col 4: literal not terminated")
        check(#"{a="x\qy"}"#, "parse error at line 1, col 4: invalid char escape")
        check("{a=`b", "parse error at line 1, col 4: literal not terminated")
        check(#"{a="b"} /* c"#, "parse error at line 1, col 9: comment not terminated")
        check(#"{a="b"} | c > 5EB"#, "parse error at line 1, col 15: exponent has no digits")
    }

    @Test func `faults of ranges are told at line 0`() {
        check(#"rate({a="b"}[])"#, "parse error at line 0, col 13: empty duration string")
        check(#"rate({a="b"}[5])"#, #"parse error at line 0, col 13: not a valid duration string: "5""#)
        check(#"rate({a="b"}[5 m])"#, #"parse error at line 0, col 13: unknown unit " m" in duration "5 m""#)
        check(#"rate({a="b"}[1.5h])"#, #"parse error at line 0, col 13: unknown unit "." in duration "1.5h""#)
        check(#"rate({a="b"}[5m1h])"#, #"parse error at line 0, col 13: not a valid duration string: "5m1h""#)
        check(#"{a="b"}[5m]"#, "parse error at line 0, col 8: syntax error: unexpected RANGE")
    }

    @Test func `columns count characters, lines count line breaks`() {
        check("{a=\"é😀\"}\n {", "parse error at line 2, col 2: syntax error: unexpected {")
        check("", "parse error : syntax error: unexpected $end")
    }

    @Test func `errors of meaning have no place`() {
        let unselective = """
            parse error : queries require at least one regexp or equality matcher that does not have an \
            empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will
            """
        for text in ["{}", #"{a!="b"}"#, #"{a=~".*"}"#, #"{a=""}"#, #"sum(rate({a=~"x?"}[5m]))"#] {
            check(text, unselective)
        }
        check(#"sum_over_time({a="b"}[5m])"#, "parse error : invalid aggregation sum_over_time without unwrap")
        check(
            #"count_over_time({a="b"} | unwrap n [5m])"#,
            "parse error : invalid aggregation count_over_time with unwrap")
        check(#"rate({a="b"}[5m]) by (a)"#, "parse error : grouping not allowed for rate aggregation")
        check(#"rate(5, {a="b"}[5m])"#, "parse error : parameter 5 not supported for operation rate")
        check(#"topk(0, rate({a="b"}[5m]))"#, "parse error : invalid parameter (must be greater than 0) topk(0")
        check(#"topk(1.5, rate({a="b"}[5m]))"#, "parse error : invalid parameter topk(1.5,")
        check("topk(5)", "parse error : parameter required for operation topk")
        check(
            #"rate({a="b"}[5m]) and 1"#,
            "parse error : unexpected literal for right leg of logical/set binary operation (and): 1.000000")
        check(
            #"{a="b"} | json + 1"#,
            "parse error : unexpected type for left leg of binary operation (+): *syntax.PipelineExpr")
        check(
            #"1 + ({a="b"} | json)"#,
            "parse error : unexpected type for right leg of binary operation (+): *syntax.PipelineExpr")
    }

    @Test func `patterns fail in the words of Go`() {
        check(#"{a=~"b(c"}"#, "parse error : error parsing regexp: missing closing ): `b(c`")
        check(#"{a=~"b)(c"}"#, "parse error : error parsing regexp: unexpected ): `b)(c`")
        check(
            #"{a="b"} | regexp "a(b)c""#,
            "parse error : invalid regexp parser: at least one named capture must be supplied")
        check(
            #"{a="b"} | regexp "(?P<a>x)(?<a>y)""#,
            "parse error : invalid regexp parser: duplicate extracted label name 'a'")
        check(
            #"{a="b"} | pattern "<a> <a>""#,
            "parse error : invalid pattern parser: duplicate capture name (a): invalid expression")
        check(
            #"{a="b"} | pattern """#,
            """
            parse error : invalid pattern parser: parse error at line 1, col 1: syntax error: unexpected $end, \
            expecting IDENTIFIER or LITERAL
            """)
    }

    @Test func `a megabyte of nesting ends in an error`() {
        for part in ["(", "sum(", "{a=\"b\"} | (", "1+(", "-", "rate(("] {
            #expect(throws: SyntaxError.self) { try Query.parse(String(repeating: part, count: 250_000)) }
        }
        let chain = Array(repeating: #"vector(1)"#, count: 50_000).joined(separator: "+")
        #expect(throws: SyntaxError.self) { try Query.parse(chain) }
        let filters = Array(repeating: "a=1", count: 50_000)
        for separator in [" and ", " or ", ", ", " "] {
            #expect(throws: SyntaxError.self) {
                try Query.parse(#"{a="b"} | "# + filters.joined(separator: separator))
            }
        }
    }

    @Test func `any number of matchers and stages is read`() throws {
        let matchers = Array(repeating: #"a="b""#, count: 20_000).joined(separator: ",")
        let stages = String(repeating: " | a=1", count: 20_000)
        #expect(throws: Never.self) { try Query.parse("{\(matchers)}\(stages)") }
    }

    @Test(arguments: [UInt64](1...20)) func `broken queries never stop the process`(seed: UInt64) {
        var queries = QueryGenerator(seed: seed)
        for _ in 0..<100 {
            var scalars = Array(queries.query().description.unicodeScalars)
            for _ in 0..<3 where !scalars.isEmpty {
                let index = queries.number(below: scalars.count)
                switch queries.number(below: 3) {
                case 0: scalars.remove(at: index)
                case 1: scalars.insert(scalars[queries.number(below: scalars.count)], at: index)
                default: scalars[index] = Unicode.Scalar(UInt8(queries.number(below: 128)))
                }
            }
            _ = try? Query.parse(String(String.UnicodeScalarView(scalars)))
        }
    }
}
