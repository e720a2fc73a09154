import LogQL
import Testing
import WeirModel

/// Loki's dialect refuses every extension, in the words in which Loki does.
@Suite struct DialectTests {
    @Test(arguments: [
        (
            #"max_over_time(rate({app="a"}[1m])[5m:1m])"#,
            "parse error at line 1, col 15: syntax error: unexpected RATE, expecting NUMBER or { or ("
        ),
        (#"count_distinct(a, {app="a"}[1m])"#, "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"),
        (#"increase({app="a"}[1m])"#, "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"),
        (#"abs(rate({app="a"}[1m]))"#, "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"),
        (
            #"{app="a"} |=i "x""#,
            "parse error at line 1, col 13: syntax error: unexpected IDENTIFIER, expecting STRING or ip"
        ),
        (#"{app="a"} | distinct b"#, "parse error at line 1, col 22: syntax error: unexpected IDENTIFIER"),
        (
            #"{app="a"} | json --arrays"#,
            "parse error at line 1, col 20: syntax error: unexpected IDENTIFIER, expecting NUMBER"
        ),
        (#"rate({app="a"} | json --skip-errors [1m])"#, "parse error at line 1, col 23: syntax error: unexpected -"),
        (#"rate({app="a"}[5m:1m])"#, #"parse error at line 0, col 15: unknown unit "m:" in duration "5m:1m""#),
    ])
    func `an extension is refused`(text: String, message: String) {
        #expect(throws: SyntaxError.self) { try Query.parse(text, dialect: .loki) }
        do { _ = try Query.parse(text, dialect: .loki) } catch { #expect(error.message == message) }
    }

    @Test(arguments: [
        #"{app="a"} | distinct = "b""#, #"{app="a"} | distinct != "b" | abs > 5 | round = 1s"#,
        #"sum by (abs, increase) (rate({app="a"} | unwrap floor [1m]))"#,
        #"{app="a", distinct="b"} | keep ceil, round"#,
    ])
    func `names of extensions are labels elsewhere`(text: String) throws {
        #expect(try Query.parse(text, dialect: .loki) == Query.parse(text, dialect: .weir))
    }

    @Test(arguments: [
        #"count_distinct(user,{app="a"} | json[5m]) by (app)"#, #"increase({app="a"}[5m])"#,
        #"round(rate({app="a"}[5m]),0.5)"#, #"abs(vector(1.000000))"#, #"{app="a"} |=i "x" or "y" !=i "z""#,
        #"{app="a"} | json --arrays --skip-errors | distinct a,b"#,
        #"max_over_time(sum(rate({app="a"}[1m]))[1h:5m] offset 24h0m0s)"#,
        #"sum_over_time({app="a"} | json | unwrap n | n>5 --skip-errors[5m])"#,
        #"rate(rate({app="a"}[1m])[1h:5m])"#,
    ])
    func `extensions are printed as they are read`(text: String) throws {
        #expect(try Query.parse(text).description == text)
    }

    @Test(arguments: ["rate()", "count_over_time()", "max_over_time(5)", #"bytes_rate(rate({app="a"}[1m])[1h:5m])"#])
    func `both dialects refuse in the same words`(text: String) {
        var messages: [String] = []
        for dialect in [Dialect.loki, .weir] {
            do { _ = try Query.parse(text, dialect: dialect) } catch { messages.append(error.message) }
        }
        #expect(messages.count == 2)
        #expect(messages.first == messages.last)
    }
}
