import LogQL
import Testing
import WeirModel

/// Entries with an error that are left out and counted, by flag or for the whole request.
@Suite struct SkipErrorsTests {
    private func script() -> QueryScript {
        var script = QueryScript(batchRowsMax: 2)
        script.push(["app": "web"], at: 1, [#"{"n":"1"}"#, "no json", #"{"n":"x"}"#, #"{"n":"4"}"#])
        return script
    }

    private func answer(_ text: String, skipsErrors: Bool = false) async -> [String] {
        await script().answer(text, .instant(Timestamp(nanoseconds: 60_000_000_000)), skipsErrors: skipsErrors)
    }

    private let warning = "warning: 1 line was left out because a stage could not read or convert them"

    @Test func `a request skips the lines that would fail it`() async {
        let query = #"sum(sum_over_time({app="web"} | json | unwrap n [1m]))"#
        #expect(await answer(query).first?.hasPrefix("error: pipeline error: 'SampleExtractionErr'") == true)
        // The line that is no JSON has nothing to unwrap.
        #expect(await answer(query, skipsErrors: true) == ["{} 5", warning])
        let all = #"sum(count_over_time({app="web"} | json | n != "" or n = "" [1m]))"#
        #expect(await answer(all, skipsErrors: true) == ["{} 3", warning])
        #expect(await answer(#"sum(count_over_time({app="web"}[1m]))"#, skipsErrors: true) == ["{} 4"])
    }

    @Test func `a flag skips those of its stage and before`() async {
        #expect(
            await answer(#"sum(count_over_time({app="web"} | json --skip-errors [1m]))"#) == ["{} 3", warning])
        #expect(
            await answer(#"sum(sum_over_time({app="web"} | json | unwrap n --skip-errors [1m]))"#) == ["{} 5", warning])
        #expect(
            await answer(#"sum(count_over_time({app="web"} | json | n > 0 --skip-errors [1m]))"#) == ["{} 2", warning])
    }

    @Test func `log queries skip by flag`() async {
        let found = await script().answer(
            #"{app="web"} | json n --skip-errors | line_format "{{.n}}" | keep app"#, QueryScript.range(0, 100, 1),
            direction: .forward)
        #expect(found == [#"{app="web"}"#, "1 1", "3 x", "4 4", warning])
    }
}
