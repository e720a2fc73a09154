import LogQL
import Testing
import WeirModel

/// `count_distinct(label, {…}[5m])`: exact numbers of different values.
@Suite struct CountDistinctTests {
    private func script(batchRowsMax: Int = 3) -> QueryScript {
        var script = QueryScript(batchRowsMax: batchRowsMax)
        script.push(
            ["app": "web", "zone": "a"], at: 10, every: 10,
            ["user=ann", "user=bob", "user=ann", "user=eve", "user=", "nobody", "user=ann"])
        script.push(["app": "web", "zone": "b"], at: 10, every: 10, ["user=bob", "user=bob", "user=joe"])
        return script
    }

    @Test(arguments: [1, 3, 100])
    func `equal values count once, however the lines are read`(batchRowsMax: Int) async {
        let script = script(batchRowsMax: batchRowsMax)
        await script.check(
            #"count_distinct(user, {app="web"} | logfmt [100s])"#, at: 100, #"{app="web", zone="a"} 3"#,
            #"{app="web", zone="b"} 2"#)
        await script.check(#"count_distinct(user, {app="web"} | logfmt [100s]) by (app)"#, at: 100, #"{app="web"} 4"#)
        await script.check(
            #"count_distinct(user, {app="web"} | logfmt [100s]) without (zone)"#, at: 100, #"{app="web"} 4"#)
    }

    @Test func `windows that overlap share values`() async {
        await script().check(
            #"count_distinct(user, {zone="a"} | logfmt [20s]) by (app)"#, from: 10, to: 90, step: 10,
            #"{app="web"} 10:1 20:2 30:2 40:2 50:1 70:1 80:1"#)
    }

    @Test func `labels of streams and structured metadata count too`() async {
        var script = script()
        script.push(["app": "db"], metadata: [Label("trace", "1")], ["x"])
        script.push(["app": "db"], at: 5, metadata: [Label("trace", "2")], ["y"])
        await script.check(#"count_distinct(zone, {app="web"}[100s])"#, at: 100, #"{app="web"} 2"#)
        await script.check(#"count_distinct(trace, {app="db"}[100s]) by (app)"#, at: 50, #"{app="db"} 2"#)
    }

    @Test func `an unwrap has nothing to say`() async {
        await script().check(
            #"count_distinct(user, {app="web"} | logfmt | unwrap user [1m])"#, at: 100,
            "error: parse error : invalid aggregation count_distinct with unwrap")
    }
}
