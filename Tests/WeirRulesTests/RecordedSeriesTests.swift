import LogMetrics
import LogQL
import Testing
import WeirModel
import WeirTesting

/// Selectors and functions of Prometheus over recorded series.
@Suite struct RecordedSeriesTests {
    private let store = SampleStore()

    /// Adds samples every `step` seconds from minute 0 on; nil is a gap, NaN an end.
    private func load(_ labels: LabelSet, _ values: [Double?], step: Double = 60) {
        for (index, value) in values.enumerated() {
            guard let value else { continue }
            let sample = Sample(
                timestamp: .minutes(Double(index) * step / 60), value: value.isNaN ? Sample.endOfSeries : value)
            store.append(.default, [InstantSample(labels: labels, sample: sample)])
        }
    }

    private func ask(_ text: String, minute: Double = 10) async throws -> [LabelSet: Double] {
        let engine = QueryEngine(
            source: MemoryLogSource(), samples: store, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        let outcome = try await engine.run(QueryRequest(text: text, time: .instant(.minutes(minute))))
        switch outcome.result {
        case .vector(let samples):
            return Dictionary(uniqueKeysWithValues: samples.map { ($0.labels, $0.sample.value) })
        case .scalar(let sample): return [[:]: sample.value]
        case .streams, .matrix: return [:]
        }
    }

    @Test func `a selector finds the last sample within five minutes`() async throws {
        load(["__name__": "up", "job": "a"], [1, 0])
        load(["__name__": "up", "job": "b"], [1, 1, .nan])
        #expect(try await ask("up", minute: 1).count == 2)
        #expect(try await ask(#"up{job="a"} == 0"#, minute: 5.9) == [["__name__": "up", "job": "a"]: 0])
        #expect(try await ask("up", minute: 3) == [["__name__": "up", "job": "a"]: 0])
        #expect(try await ask("up", minute: 6).isEmpty)
        #expect(try await ask("up offset 5m", minute: 6).count == 2)
        #expect(try await ask(#"{__name__=~"u.*",job="a"}"#, minute: 1).count == 1)
    }

    @Test func `counters are extrapolated as Prometheus does, over resets too`() async throws {
        load(["__name__": "c_total", "job": "a"], (0...10).map { Double($0) * 60 })
        #expect(try await ask("rate(c_total[5m])") == [["job": "a"]: 1])
        #expect(try await ask("increase(c_total[5m])") == [["job": "a"]: 300])
        load(["__name__": "r_total"], [0, 10, 20, 5, 15, 25, 35, 45, 55, 65, 75])
        // 85 in nine minutes, and a tenth up to the edge of the window.
        #expect(abs(try await ask("increase(r_total[10m])")[[:]]! - 85 * 10 / 9.0) < 1e-9)
        #expect(try await ask("resets(r_total[11m])") == [[:]: 1])
        #expect(try await ask("irate(r_total[5m]) * 60") == [[:]: 10])
        #expect(try await ask("rate(c_total[30s])").isEmpty)
    }

    @Test func `a quantile of a histogram is read off its buckets`() async throws {
        for (bound, rate) in [("0.1", 5.0), ("0.5", 8), ("1", 9), ("+Inf", 10)] {
            load(["__name__": "d_bucket", "le": bound, "job": "a"], (0...10).map { Double($0) * rate * 60 })
        }
        let text = "histogram_quantile(0.5, sum(rate(d_bucket[5m])) by (le))"
        #expect(try await ask(text)[[:]]! == 0.1)
        let high = try await ask("histogram_quantile(0.85, sum by (le) (rate(d_bucket[5m])))")
        #expect(abs(high[[:]]! - 0.75) < 1e-9)
        #expect(try await ask("histogram_quantile(0.99, sum by (le) (rate(d_bucket[5m])))") == [[:]: 1])
    }

    @Test func `arithmetic takes the name away, comparisons keep it`() async throws {
        load(["__name__": "used", "job": "a"], Array(repeating: 9, count: 11))
        load(["__name__": "size", "job": "a"], Array(repeating: 10, count: 11))
        #expect(try await ask("used / size > 0.85") == [["job": "a"]: 0.9])
        #expect(try await ask("used > 1") == [["__name__": "used", "job": "a"]: 9])
        #expect(try await ask("1 - used / size")[["job": "a"]]! < 0.11)
        #expect(try await ask("-used") == [["job": "a"]: -9])
        #expect(try await ask("used / (size - size)") == [["job": "a"]: .infinity])
        #expect(try await ask("used unless size").isEmpty)
        #expect(try await ask("used or other").count == 1)
    }

    @Test func `what is absent is told with the labels that are asked for`() async throws {
        load(["__name__": "up", "job": "a"], [1])
        #expect(try await ask(#"absent(up{job="b"})"#, minute: 0) == [["job": "b"]: 1])
        #expect(try await ask(#"absent(up{job="a"})"#, minute: 0).isEmpty)
        #expect(try await ask(#"absent_over_time(up{job="a"}[2m])"#, minute: 5) == [["job": "a"]: 1])
        #expect(try await ask("count(count(up > 1) by (job))", minute: 0).isEmpty)
    }

    @Test func `windows of samples and of expressions`() async throws {
        load(["__name__": "g"], (0...10).map { Double($0 * $0) })
        #expect(try await ask("max_over_time(g[3m])") == [[:]: 100])
        #expect(try await ask("avg_over_time(g[3m])")[[:]]! - (64 + 81 + 100) / 3.0 < 1e-9)
        #expect(try await ask("quantile_over_time(0.5, g[3m])") == [[:]: 81])
        #expect(try await ask("changes(g[5m])") == [[:]: 4])
        #expect(try await ask("delta(g[1m])").isEmpty)
        // The last whole minute since 1970 before the instant is 20 s before minute 10.
        #expect(try await ask("max_over_time((g * 2)[3m:1m])") == [[:]: 162])
        #expect(try await ask("rate(sum(g)[5m:1m])").count == 1)
        #expect(try await ask("last_over_time(g[3m])") == [["__name__": "g"]: 100])
    }

    @Test func `time and calendar`() async throws {
        // .minutes(0) is 2023-11-14 22:13:20 UTC, a Tuesday.
        #expect(try await ask("time()", minute: 0) == [[:]: 1_700_000_000])
        #expect(try await ask("hour()", minute: 0) == [[:]: 22])
        #expect(try await ask("day_of_week(vector(1700000000))", minute: 0) == [[:]: 2])
        #expect(try await ask("days_in_month(vector(1709164800))", minute: 0) == [[:]: 29])
        load(["__name__": "ALERTS_FOR_STATE", "alertname": "A"], [1_699_999_900])
        #expect(try await ask("time() - ALERTS_FOR_STATE > 60", minute: 1) == [["alertname": "A"]: 160])
        #expect(try await ask("scalar(ALERTS_FOR_STATE)", minute: 1) == [[:]: 1_699_999_900])
        #expect(try await ask("timestamp(ALERTS_FOR_STATE)", minute: 1) == [["alertname": "A"]: 1_700_000_000])
    }

    @Test func `names with colons, and both kinds of leaf in one expression`() async throws {
        load(["__name__": "job:errors:rate5m", "job": "a"], [3])
        var lines = MemoryLogSource()
        lines.add(["job": "a"], [.init(Timestamp.minutes(0).nanoseconds, "x")])
        let engine = QueryEngine(source: lines, samples: store, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        let text = #"job:errors:rate5m / on (job) count_over_time({job="a"}[5m])"#
        let outcome = try await engine.run(QueryRequest(text: text, time: .instant(.minutes(0.5))))
        guard case .vector(let samples) = outcome.result else { return #expect(Bool(false)) }
        #expect(samples.map(\.sample.value) == [3])
    }

    @Test func `over several instants a number that varies is that of each`() async throws {
        let engine = QueryEngine(
            source: MemoryLogSource(), samples: store, clocks: .init(monotonic: { 0 }, wall: { 0 }))
        let outcome = try await engine.run(
            QueryRequest(
                text: "time() - 1700000000",
                time: .range(start: .minutes(0), end: .minutes(2), stepNanoseconds: 60_000_000_000)))
        guard case .matrix(let series) = outcome.result else { return #expect(Bool(false)) }
        #expect(series.map { $0.samples.map(\.value) } == [[0, 60, 120]])
    }

    @Test(arguments: [
        "up", #"up{job="web"}"#, "rate(x_total[5m])", "sum by (le)(rate(x_bucket[5m] offset 1h0m0s))",
        "histogram_quantile(0.95,sum by (le)(rate(x_bucket[5m])))", "(a:b:c / on (x)  up)", "absent(up)", "time()",
        "rate(sum by (a)(x)[5m:1m])", #"{__name__=~"x.*"}"#, "clamp(x,0,1)", #"label_join(x,"d",",","a")"#,
    ]) func `the canonical text is read as the same query`(text: String) throws {
        let query = try Query.parse(text)
        #expect("\(query)" == text)
        #expect(try Query.parse("\(query)") == query)
    }

    @Test(arguments: ["up", "rate(up[5m])", #"{__name__="x"} > 1"#, "time()", "-vector(1)", "a:b"])
    func `Loki's dialect has none of this`(text: String) {
        #expect(throws: SyntaxError.self) { try Query.parse(text, dialect: .loki) }
    }

    @Test(arguments: [
        ("frobnicate(up)", #"function "frobnicate" is not supported by Weir"#), ("rate(up)", "unexpected )"),
        ("rate(sum(up)[5m])", "only a selector can have a range"), (#"rate({job="a"})"#, "syntax error"),
    ]) func `what is not understood is named`(text: String, part: String) {
        do {
            _ = try Query.parse(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.message.contains(part), "\(error.message)")
        }
    }
}
