import LogQL
import Testing
import WeirModel

/// `| json --arrays`, and `[]` in the paths of `| json`.
@Suite struct JSONArraysTests {
    private func labels(_ stages: String, _ line: String) async -> [String] {
        var script = QueryScript()
        script.push(["app": "web"], at: 1, [line])
        let found = await script.answer("{app=\"web\"} \(stages)", QueryScript.range(0, 10, 1))
        return found.filter { $0.hasPrefix("{") || $0.hasPrefix("error") }.map {
            $0.replacing(#"app="web", "#, with: "")
        }
    }

    @Test func `elements become labels by their position`() async {
        #expect(
            await labels("| json --arrays", #"{"a":[{"b":1},2,["x",null]],"c":"d","e":[],"f":{}}"#)
                == [#"{a_0_b="1", a_1="2", a_2_0="x", c="d"}"#])
        #expect(
            await labels("| json --arrays", #"{"a":[1"#)
                == [
                    #"{__error__="JSONParserErr", __error_details__="Value is array, but can't find closing ']' symbol", a_0="1", app="web"}"#
                ])
        #expect(
            await labels(#"| json --arrays | a_1 = "2" | keep app, a_1"#, #"{"a":[1,2]}"#) == [#"{a_1="2", app="web"}"#]
        )
    }

    @Test func `deep nesting is a fault, not a crash`() async {
        let deep = #"{"a":"# + String(repeating: "[", count: 10_000)
        #expect(await labels("| json --arrays | keep app, __error__", deep).first?.contains("JSONParserErr") == true)
    }

    @Test func `brackets collect the values of all elements`() async {
        let line = #"{"errors":[{"code":"E1"},{"code":7},{},{"code":null}],"n":[1,[2,3]]}"#
        #expect(await labels(#"| json c="errors[].code""#, line) == [#"{c="[\"E1\",7]"}"#])
        #expect(await labels(#"| json c="errors[0].code""#, line) == [#"{c="E1"}"#])
        #expect(await labels(#"| json n="n[]""#, line) == [#"{n="[1,[2,3]]"}"#])
        #expect(await labels(#"| json n="n[1][]""#, line) == [#"{n="[2,3]"}"#])
        #expect(await labels(#"| json x="nothing[].y" | x = "" | keep app"#, line) == [#"{app="web"}"#])
    }
}
