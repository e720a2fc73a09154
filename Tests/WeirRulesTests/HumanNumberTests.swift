import LogQL
import Testing
import WeirModel
import WeirRules

/// The templates' functions, through an annotation, with the values that Prometheus gives.
@Suite struct HumanNumberTests {
    private func text(_ template: String, _ value: Double) async throws -> String? {
        let answers = Answers()
        answers.set("q", [(["instance": "host.example.com:80"], value)])
        var group = try RuleGroup(
            .test([.alert("A", "q", annotations: ["text": template])]),
            schedule: RuleSchedule(intervalNanoseconds: 60_000_000_000))
        return try await group.evaluate(at: .minutes(0), answers.surroundings).alerts.first?.annotations["text"]
    }

    @Test(arguments: [
        (0, "0"), (0.5, "500m"), (0.001234567, "1.235m"), (-0.0000123456, "-12.35u"), (999.99, "1000"), (1000, "1k"),
        (12345.678, "12.35k"), (-1_234_567.891, "-1.235M"), (1e27, "1000Y"), (.nan, "NaN"), (.infinity, "+Inf"),
    ]) func `humanize`(value: Double, expected: String) async throws {
        #expect(try await text("{{ $value | humanize }}", value) == expected)
    }

    @Test(arguments: [
        (0, "0s"), (1e-9, "1ns"), (0.5, "500ms"), (59.99, "59.99s"), (60, "1m 0s"), (3599.9, "59m 59s"),
        (3600, "1h 0m 0s"), (93784.5, "1d 2h 3m 4s"), (-61.25, "-1m 1s"),
    ]) func `humanizeDuration`(value: Double, expected: String) async throws {
        #expect(try await text("{{ humanizeDuration $value }}", value) == expected)
    }

    @Test(arguments: [
        ("{{ $value }}", 1e6, "1e+06"), ("{{ $value }}", 123_456_789, "1.23456789e+08"), ("{{ $value }}", 0.1, "0.1"),
        ("{{ $value }}", 999_999, "999999"), ("{{ humanize1024 $value }}", 1536, "1.5ki"),
        ("{{ humanize1024 $value }}", 12345.678, "12.06ki"), ("{{ humanizePercentage $value }}", 0.12345678, "12.35%"),
        ("{{ humanizePercentage $value }}", 100, "1e+04%"),
        ("{{ humanizeTimestamp $value }}", 1_700_000_000, "2023-11-14 22:13:20 +0000 UTC"),
        ("{{ humanize \"1e21\" }}", 0, "1Z"), ("{{ stripDomain $labels.instance }}", 0, "host:80"),
        ("{{ stripPort $labels.instance }}", 0, "host.example.com"), ("{{ title \"foo bar-baz\" }}", 0, "Foo Bar-Baz"),
        ("{{ reReplaceAll \"(.*):.*\" \"${1}x\" $labels.instance }}", 0, "host.example.comx"),
        ("{{ if match \"^host\" $labels.instance }}yes{{ end }}", 0, "yes"),
        ("{{ pathPrefix }} {{ externalURL }}", 0, "/base http://weir.example/base"),
        ("{{ $externalLabels.region }}", 0, "north"), ("{{ printf \"%.2f\" $value }}", 2.345, "2.35"),
    ]) func `functions give what Prometheus gives`(template: String, value: Double, expected: String) async throws {
        #expect(try await text(template, value) == expected)
    }
}
