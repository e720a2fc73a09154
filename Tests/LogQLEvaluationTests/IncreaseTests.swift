import LogQL
import Testing
import WeirModel

/// `increase`: entries of a window, or the growth of a counter in them.
@Suite struct IncreaseTests {
    private func script() -> QueryScript {
        var script = QueryScript(batchRowsMax: 2)
        script.push(["app": "web"], at: 10, every: 10, ["n=1", "n=5", "n=7", "n=2", "n=3"])
        return script
    }

    @Test func `without a number entries are counted`() async {
        await script().check(#"increase({app="web"}[30s])"#, at: 50, #"{app="web"} 3"#)
        await script().check(#"sum(increase({app="web"}[30s]))"#, at: 50, "{} 3")
    }

    @Test func `a counter that starts again loses nothing`() async {
        await script().check(#"increase({app="web"} | logfmt | unwrap n [50s])"#, at: 50, #"{app="web"} 9"#)
        await script().check(#"increase({app="web"} | logfmt | unwrap n [20s])"#, at: 30, #"{app="web"} 2"#)
        await script().check(#"increase({app="web"} | logfmt | unwrap n [5s])"#, at: 30, #"{app="web"} 0"#)
    }
}
